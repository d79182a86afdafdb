package io.portguard.audit;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The command {@code audit verify}: reads audit trails again and says where they were changed. Stateless. */
public final class VerifyCommand {

    /** How it is called. */
    public static final String USAGE = """
            usage: java -jar guard-core.jar audit verify FOLDER [--name N]

            Reads audit trails again and says where a line was changed, taken away or
            put in between, as FILE:LINE, or a file is missing.
              FOLDER     what guard.audit.folder names.
              --name N   the guard. Without: every guard with a trail in the folder.
            Exit status: 0 sound, 1 broken, 2 could not look.
            """;

    private static final int SOUND = 0;
    private static final int BROKEN = 1;
    private static final int COULD_NOT_LOOK = 2;

    private VerifyCommand() {}

    /**
     * Runs it and returns the exit status.
     *
     * @param words what follows {@code audit}
     */
    public static int run(PrintStream out, PrintStream err, List<String> words) {
        if (words.contains("--help") || words.contains("-h")) {
            out.print(USAGE);
            return SOUND;
        }
        boolean named = words.size() == 4 && words.get(2).equals("--name");
        if ((words.size() != 2 && !named) || !words.get(0).equals("verify")) {
            err.println("audit " + String.join(" ", words) + " (expected: audit verify FOLDER [--name N])");
            err.print(USAGE);
            return COULD_NOT_LOOK;
        }
        try {
            return verify(out, err, Path.of(words.get(1)), named ? words.get(3) : null);
        } catch (IOException | InvalidPathException unreadable) {
            err.println(words.get(1) + " cannot be read: " + unreadable);
            return COULD_NOT_LOOK;
        }
    }

    private static int verify(PrintStream out, PrintStream err, Path folder, @Nullable String name) throws IOException {
        if (!Files.isDirectory(folder)) {
            err.println(folder + " is no folder (expected: what guard.audit.folder names).");
            return COULD_NOT_LOOK;
        }
        SortedSet<String> guards = TrailFiles.guardsIn(folder);
        if (name != null) {
            guards.retainAll(new TreeSet<>(List.of(name)));
        }
        if (guards.isEmpty()) {
            err.println(folder + " has no audit trail" + (name == null ? "." : " of \"" + name + "\"."));
            return COULD_NOT_LOOK;
        }
        boolean sound = true;
        for (String guard : guards) {
            TrailCheck check = TrailCheck.of(folder, guard);
            sound &= check.isSound();
            out.println(guard + ": " + (check.isSound() ? "sound" : "broken") + ", " + check.lines()
                    + " sound lines in " + check.files() + " files.");
            check.breaks().forEach(where -> out.println("  " + where));
            check.remarks().forEach(where -> out.println("  (" + where + ")"));
            out.println("  The last hash is " + check.lastHash()
                    + "; the log of io.portguard.audit has that of each file that was closed.");
        }
        return sound ? SOUND : BROKEN;
    }
}
