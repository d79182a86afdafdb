package io.portguard.servlet.tomcat;

import java.io.CharArrayWriter;
import java.util.function.Consumer;
import org.apache.catalina.valves.AbstractAccessLogValve;

/** An access log whose lines a test looks at. */
public final class AccessLog extends AbstractAccessLogValve {

    private final Consumer<String> lines;

    public AccessLog(String pattern, Consumer<String> lines) {
        this.lines = lines;
        setPattern(pattern);
        setEnabled(true);
    }

    @Override
    protected void log(CharArrayWriter message) {
        lines.accept(message.toString().trim());
    }
}
