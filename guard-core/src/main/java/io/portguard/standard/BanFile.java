package io.portguard.standard;

import io.portguard.ClientKey;
import io.portguard.NanoClock;
import io.portguard.client.AddressRange;
import io.portguard.rule.BanRule.Ban;
import java.io.IOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A file that bans are kept in over a restart: a line each, {@code KIND CLIENT UNTIL SECONDS CAUSE}, the client's name
 * encoded as in a URL, the end in milliseconds since 1970. It is written whole, beside itself first. To be used by one
 * thread at a time.
 */
final class BanFile {

    private static final String HEADER = "# bans of portguard, 1";
    private static final String NETWORK = "network";
    private static final String NAME = "name";
    private static final String FAILURES = "failures";
    private static final String PEOPLE = "people";
    private static final int WORDS = 5;

    private final Path path;
    private final NanoClock clock;

    BanFile(Path path, NanoClock clock) {
        this.path = path;
        this.clock = clock;
    }

    /** The file is not one of bans; the message says which line. */
    static final class BrokenException extends Exception {

        private static final long serialVersionUID = 1;

        BrokenException(String message) {
            super(message);
        }
    }

    /** What was kept; none when there is no file. */
    Map<ClientKey, Ban> read() throws IOException, BrokenException {
        Map<ClientKey, Ban> bans = new LinkedHashMap<>();
        if (!Files.exists(path)) {
            return bans;
        }
        List<String> lines = Files.readAllLines(path, StandardCharsets.US_ASCII);
        if (lines.isEmpty() || !lines.get(0).equals(HEADER)) {
            throw new BrokenException(path + ", line 1 (expected: " + HEADER + ")");
        }
        for (int i = 1; i < lines.size(); i++) {
            String[] words = lines.get(i).split(" ", -1);
            try {
                bans.put(client(words), ban(words));
            } catch (IllegalArgumentException wrong) {
                throw new BrokenException(path + ", line " + (i + 1) + " (expected: KIND CLIENT UNTIL SECONDS CAUSE)");
            }
        }
        return bans;
    }

    private static ClientKey client(String[] words) {
        if (words.length != WORDS) {
            throw new IllegalArgumentException("words: " + words.length + " (expected: " + WORDS + ")");
        }
        if (words[0].equals(NAME)) {
            return ClientKey.named(URLDecoder.decode(words[1], StandardCharsets.UTF_8));
        }
        AddressRange network = AddressRange.parse(words[1])
                .filter(range -> words[0].equals(NETWORK))
                .orElseThrow(() -> new IllegalArgumentException(words[0] + " " + words[1]));
        return ClientKey.of(network.first(), network.prefixLength());
    }

    private Ban ban(String[] words) {
        long leftMillis = Long.parseLong(words[2]) - clock.epochMillis();
        long length = TimeUnit.SECONDS.toNanos(Long.parseLong(words[3]));
        boolean forFailures = words[4].equals(FAILURES);
        if (!forFailures && !words[4].equals(PEOPLE)) {
            throw new IllegalArgumentException(words[4]);
        }
        return new Ban(clock.nanoTime() + TimeUnit.MILLISECONDS.toNanos(leftMillis), length, forFailures);
    }

    /** Puts a file that cannot be read out of the way, so that what is in it is not lost; returns where it is then. */
    Path setAside() throws IOException {
        Path aside = path.resolveSibling(path.getFileName() + ".broken");
        return Files.move(path, aside, StandardCopyOption.REPLACE_EXISTING);
    }

    void write(Map<ClientKey, Ban> bans) throws IOException {
        long now = clock.nanoTime();
        long nowMillis = clock.epochMillis();
        StringBuilder text = new StringBuilder(HEADER).append('\n');
        bans.forEach((client, ban) -> text.append(client.isNamed() ? NAME : NETWORK)
                .append(' ')
                .append(client.isNamed() ? URLEncoder.encode(client.toString(), StandardCharsets.UTF_8) : client)
                .append(' ')
                .append(nowMillis + TimeUnit.NANOSECONDS.toMillis(ban.untilNanos() - now))
                .append(' ')
                .append(TimeUnit.NANOSECONDS.toSeconds(ban.lengthNanos()))
                .append(' ')
                .append(ban.forFailures() ? FAILURES : PEOPLE)
                .append('\n'));
        Path folder = path.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        Path beside = path.resolveSibling(path.getFileName() + ".new");
        Files.writeString(beside, text, StandardCharsets.US_ASCII);
        Files.move(beside, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
