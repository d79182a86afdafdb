package io.portguard.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NettyRequestTest {

    @ParameterizedTest
    @CsvSource({
        "/,/",
        "/a/b,/a/b",
        "/a?b=/c,/a",
        "/?a,/",
        "/a#b?c,/a",
        "http://host/a?b,/a",
        "http://host,/",
        "http://host?a=/b,/",
        "*,*",
        "host:443,host:443",
        "?,/"
    })
    void thePathIsCutOutOfTheTarget(String target, String path) {
        assertThat(NettyRequest.path(target)).isEqualTo(path);
    }

    @Test
    void theLinesOfAHeaderAreJoined() {
        DefaultHttpRequest message = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/");
        message.headers().add("X-Forwarded-For", "192.0.2.1").add("x-forwarded-for", "192.0.2.2");
        NettyRequest request = new NettyRequest().of(message, new EmbeddedChannel());
        assertThat(request.header("X-Forwarded-For")).isEqualTo("192.0.2.1,192.0.2.2");
        assertThat(request.header("Forwarded")).isNull();
        assertThat(request.method()).isEqualTo("GET");
    }
}
