package io.portguard.benchmarks.load;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The requests of one group to one target.
 *
 * @param index its place in the plan's list of streams
 * @param groupIndex its group's place in the plan
 * @param request the encoded request, the same every time
 */
record Stream(int index, int groupIndex, String group, Target target, ByteBuf request) {

    static List<Stream> of(List<ClientGroup> groups, int port) {
        List<Stream> streams = new ArrayList<>();
        for (int group = 0; group < groups.size(); group++) {
            for (Target target : groups.get(group).targets()) {
                streams.add(new Stream(
                        streams.size(), group, groups.get(group).name(), target, request(target.path(), port)));
            }
        }
        return List.copyOf(streams);
    }

    static ByteBuf request(String path, int port) {
        byte[] bytes = ("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + port
                        + "\r\nUser-Agent: portguard-load\r\nAccept: */*\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
        // Written time and again: no reader of it may free it, and the collector does in the end.
        return Unpooled.unreleasableBuffer(Unpooled.wrappedBuffer(direct)).asReadOnly();
    }
}
