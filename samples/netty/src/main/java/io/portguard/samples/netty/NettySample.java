package io.portguard.samples.netty;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.portguard.Mode;
import io.portguard.jmx.GuardMBeans;
import io.portguard.netty.GuardedPort;
import io.portguard.settings.InvalidSettingException;
import io.portguard.settings.SettingType;
import io.portguard.standard.StandardGuard;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** A service of {@code /job}, {@code /hello}, {@code /async}, {@code /stream} and {@code /fail}, guarded. */
@Command(
        name = "netty-sample",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "A guarded HTTP service on Netty.")
public final class NettySample implements Callable<Integer> {

    @Option(names = "--port", paramLabel = "N", defaultValue = "8080", description = "TCP port; 0 for any.")
    private int port;

    @Option(
            names = "--address",
            defaultValue = "0.0.0.0",
            description = "Address to listen on; default: ${DEFAULT-VALUE}.")
    private String address = "";

    @Option(
            names = "--workers",
            paramLabel = "N",
            defaultValue = "16",
            converter = CountConverter.class,
            description = "How many units of /job are worked on at once; default: ${DEFAULT-VALUE}.")
    private int workers;

    @Option(
            names = "--service-time",
            paramLabel = "TIME",
            defaultValue = "10ms",
            converter = TimeConverter.class,
            description = "How long a unit takes; default: ${DEFAULT-VALUE}.")
    private Duration serviceTime = Duration.ZERO;

    @Option(names = "--tls", description = "Speak TLS, with a certificate made for this run.")
    private boolean tls;

    @Option(names = "--http2", description = "Speak HTTP/2 too: over TLS if the client chooses it, or from the start.")
    private boolean http2;

    @Option(
            names = "--lines",
            description = "Speak a line protocol instead: what is sent comes back in capitals, after a unit of work.")
    private boolean lines;

    @Option(names = "--guard", paramLabel = "enforce|shadow|off", description = "The guard's mode.")
    private Mode mode = Mode.ENFORCE;

    @Option(
            names = "--set",
            paramLabel = "name=value",
            arity = "1..*",
            description = "Settings of the guard, clients.rate=50 for instance; enabled=false for no guard at all.")
    private Map<String, String> settings = new LinkedHashMap<>();

    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        return new CommandLine(new NettySample())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((fault, line, parsed) -> {
                    if (fault instanceof InvalidSettingException) {
                        line.getErr().println(fault.getMessage());
                        line.usage(line.getErr());
                        return ExitCode.USAGE;
                    }
                    line.getErr().println(fault.getMessage());
                    return ExitCode.SOFTWARE;
                });
    }

    @Override
    public Integer call() throws Exception {
        Map<String, String> configuration = new LinkedHashMap<>(Map.of("mode", mode.text()));
        configuration.putAll(settings);
        boolean guarded = enabled(configuration.remove("enabled"));
        Workers pool = new Workers(workers, serviceTime);
        StandardGuard guard =
                StandardGuard.builder("server").configure(configuration).build();
        GuardedPort guardedPort = GuardedPort.of(guard);
        AutoCloseable jmx = guarded ? GuardMBeans.register(guard) : () -> {};
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(NioIoHandler.newFactory());
        try {
            ServerBootstrap bootstrap = new ServerBootstrap()
                    .group(group)
                    .channel(NioServerSocketChannel.class)
                    .childHandler(protocol(pool, guardedPort));
            if (guarded) {
                guardedPort.install(bootstrap);
            }
            Channel listening = bind(bootstrap);
            System.out.println("Listening on " + listening.localAddress() + ", "
                    + (guarded ? "guard: " + guard.guard().mode() : "no guard"));
            listening.closeFuture().sync();
            return ExitCode.OK;
        } finally {
            jmx.close();
            guard.close();
            group.shutdownGracefully().sync();
        }
    }

    private ChannelHandler protocol(Workers pool, GuardedPort guardedPort) throws Exception {
        if (lines) {
            return new LineServer(pool, guardedPort);
        }
        return new HttpServer(pool, http2, tls ? HttpServer.tls(http2) : null);
    }

    private Channel bind(ServerBootstrap bootstrap) throws Exception {
        ChannelFuture bound =
                bootstrap.bind(new InetSocketAddress(address, port)).await();
        if (!bound.isSuccess()) {
            throw new IOException("Cannot listen on " + address + ":" + port + ": "
                    + bound.cause().getMessage());
        }
        return bound.channel();
    }

    private static boolean enabled(@Nullable String text) {
        if (text == null) {
            return true;
        }
        SettingType<Boolean> flag = SettingType.flag();
        return flag.parse()
                .apply(text)
                .orElseThrow(() -> new InvalidSettingException("enabled", text, flag.expected()));
    }

    /** Times as the guard's own settings write them: 10ms, 1s. */
    static final class TimeConverter implements ITypeConverter<Duration> {

        private static final SettingType<Duration> TIME = SettingType.duration(Duration.ZERO, Duration.ofMinutes(1));

        @Override
        public Duration convert(String text) {
            return TIME.parse()
                    .apply(text)
                    .orElseThrow(
                            () -> new TypeConversionException("\"" + text + "\" (expected: " + TIME.expected() + ")"));
        }
    }

    /** Whole numbers from 1 on. */
    static final class CountConverter implements ITypeConverter<Integer> {

        private static final SettingType<Integer> COUNT = SettingType.wholeNumber(1, 100_000);

        @Override
        public Integer convert(String text) {
            return COUNT.parse()
                    .apply(text)
                    .orElseThrow(
                            () -> new TypeConversionException("\"" + text + "\" (expected: " + COUNT.expected() + ")"));
        }
    }
}
