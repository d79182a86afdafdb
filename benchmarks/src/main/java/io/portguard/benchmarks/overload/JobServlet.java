package io.portguard.benchmarks.overload;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** One unit of work for each request. */
final class JobServlet extends HttpServlet {

    private static final long serialVersionUID = 1;
    private static final byte[] DONE = "done\n".getBytes(StandardCharsets.US_ASCII);

    private final transient Job job = new Job();

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        job.run();
        response.setContentType("text/plain");
        response.setContentLength(DONE.length);
        response.getOutputStream().write(DONE);
    }
}
