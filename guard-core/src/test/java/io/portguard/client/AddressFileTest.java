package io.portguard.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.portguard.IpAddress;
import io.portguard.ManualClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressFileTest {

    private final ManualClock clock = new ManualClock();

    @TempDir
    private Path folder;

    private Path path;

    @BeforeEach
    void setUp() throws IOException {
        path = folder.resolve("deny.txt");
        write("# whom we know\n\n10.0.0.0/8   # inside\n2001:db8::/32\r\n192.0.2.1\n");
    }

    private void write(String text) throws IOException {
        Files.writeString(path, text);
    }

    private AddressFile file(boolean mayBeEmpty) throws AddressFile.BrokenException {
        return new AddressFile(path, mayBeEmpty, clock.nanoTime());
    }

    private boolean follow(AddressFile file) {
        clock.advanceSeconds(1);
        return file.follow(clock.nanoTime());
    }

    private static boolean contains(AddressFile file, String address) {
        return file.ranges().contains(IpAddress.parse(address).orElseThrow());
    }

    @Test
    void linesCommentsAndEmptyLinesAreRead() throws Exception {
        AddressFile file = file(false);
        assertThat(file.ranges().ranges()).hasSize(3);
        assertThat(contains(file, "10.1.2.3")).isTrue();
        assertThat(contains(file, "2001:db8::1")).isTrue();
        assertThat(contains(file, "192.0.2.1")).isTrue();
        assertThat(contains(file, "192.0.2.2")).isFalse();
        assertThat(follow(file)).isFalse();
    }

    @Test
    void aChangeIsTakenOverAsAWholeWhenTheFileHasSettled() throws Exception {
        AddressFile file = file(true);
        write("192.0.2.2\n");
        assertThat(follow(file)).as("it may still be written").isFalse();
        assertThat(contains(file, "10.1.2.3")).isTrue();
        write("192.0.2.2\n192.0.2.3\n");
        assertThat(follow(file)).isFalse();
        assertThat(follow(file)).isTrue();
        assertThat(contains(file, "192.0.2.3")).isTrue();
        assertThat(contains(file, "10.1.2.3")).isFalse();
        assertThat(follow(file)).isFalse();
    }

    @Test
    void aFileMovedOverItIsTakenOver() throws Exception {
        AddressFile file = file(true);
        Path other = Files.writeString(folder.resolve("new.txt"), "198.51.100.1\n");
        Files.move(other, path, StandardCopyOption.REPLACE_EXISTING);
        follow(file);
        assertThat(follow(file)).isTrue();
        assertThat(contains(file, "198.51.100.1")).isTrue();
    }

    @Test
    void itIsLookedAtOnceASecond() throws Exception {
        AddressFile file = file(true);
        write("192.0.2.2\n");
        for (int i = 0; i < 9; i++) {
            clock.advanceMillis(100);
            assertThat(file.follow(clock.nanoTime())).isFalse();
        }
        follow(file);
        assertThat(follow(file)).isTrue();
    }

    @Test
    void aBrokenFileLeavesTheOldListInForceAndSaysSoOnce() throws Exception {
        AddressFile file = file(true);
        write("192.0.2.2\n192.0.2.300\n");
        follow(file);
        assertThat(follow(file)).isTrue();
        assertThat(file.trouble())
                .isEqualTo(path + ", line 2: 192.0.2.300 (expected: an address or a network such as 10.0.0.0/8 or"
                        + " 2001:db8::/32)");
        assertThat(contains(file, "10.1.2.3")).isTrue();
        assertThat(contains(file, "192.0.2.2")).isFalse();
        assertThat(follow(file)).isFalse();
        write("192.0.2.2\n");
        follow(file);
        assertThat(follow(file)).isTrue();
        assertThat(file.trouble()).isNull();
        assertThat(contains(file, "192.0.2.2")).isTrue();
    }

    @Test
    void aFileThatVanishesLeavesTheOldListInForceUntilItIsBack() throws Exception {
        AddressFile file = file(true);
        Files.delete(path);
        assertThat(follow(file)).isTrue();
        assertThat(file.trouble()).isEqualTo(path + ": no such file (expected: a file that can be read)");
        assertThat(contains(file, "10.1.2.3")).isTrue();
        assertThat(follow(file)).isFalse();
        write("192.0.2.9\n");
        follow(file);
        assertThat(follow(file)).isTrue();
        assertThat(file.trouble()).isNull();
        assertThat(contains(file, "192.0.2.9")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n\n", "# nobody\n"})
    void aListOfWhoIsLetInMayNotBeCutShort(String text) throws Exception {
        AddressFile file = file(false);
        write(text);
        follow(file);
        assertThat(follow(file)).isTrue();
        assertThat(file.trouble()).contains("expected: at least one address or network");
        assertThat(contains(file, "10.1.2.3")).isTrue();
        assertThatThrownBy(() -> file(false)).isInstanceOf(AddressFile.BrokenException.class);
        assertThat(file(true).ranges().isEmpty()).isTrue();
    }

    @Test
    void whatTheFileSaysDoesNotWriteTheLog() throws Exception {
        write("\u001b[2J evil\u0085 " + "x".repeat(10_000) + "\n");
        assertThatThrownBy(() -> file(true))
                .isInstanceOf(AddressFile.BrokenException.class)
                .hasMessageNotContaining("\u001b")
                .hasMessageNotContaining("\u0085");
    }

    @Test
    void aMissingFileAndAFolderAreToldAtTheStart() {
        assertThatThrownBy(() -> new AddressFile(folder.resolve("none"), true, 0))
                .isInstanceOf(AddressFile.BrokenException.class)
                .hasMessageContaining("no such file");
        assertThatThrownBy(() -> new AddressFile(folder, true, 0))
                .isInstanceOf(AddressFile.BrokenException.class)
                .hasMessageContaining("expected: a file, no folder, pipe or device");
        assertThatThrownBy(() -> new AddressFile(Path.of("/dev/zero"), true, 0))
                .isInstanceOf(AddressFile.BrokenException.class)
                .hasMessageContaining("expected: a file, no folder, pipe or device");
    }

    /** As Kubernetes does it: the file is a link into a folder that is itself a link, and that one is swapped. */
    @Test
    void aLinkOnItsWayThatIsSwappedIsFollowed() throws Exception {
        Files.createDirectory(folder.resolve("v1"));
        Files.createDirectory(folder.resolve("v2"));
        Files.writeString(folder.resolve("v1/list"), "10.0.0.0/8\n");
        Files.writeString(folder.resolve("v2/list"), "10.0.0.0/9\n");
        // Of the same size and age, so that only the file itself is another.
        FileTime age = FileTime.fromMillis(1_000);
        Files.setLastModifiedTime(folder.resolve("v1/list"), age);
        Files.setLastModifiedTime(folder.resolve("v2/list"), age);
        Path data = Files.createSymbolicLink(folder.resolve("..data"), Path.of("v1"));
        path = Files.createSymbolicLink(folder.resolve("list"), Path.of("..data/list"));
        AddressFile file = file(true);
        assertThat(contains(file, "10.200.0.1")).isTrue();
        Path next = Files.createSymbolicLink(folder.resolve("..data_tmp"), Path.of("v2"));
        Files.move(next, data, StandardCopyOption.ATOMIC_MOVE);
        follow(file);
        assertThat(follow(file)).isTrue();
        assertThat(file.trouble()).isNull();
        assertThat(contains(file, "10.200.0.1")).isFalse();
    }

    @Test
    void aFileThatCouldNotBeReadForItsPermissionsIsReadWhenItCan() throws Exception {
        assumeThat(path.getFileSystem().supportedFileAttributeViews()).contains("posix");
        AddressFile file = file(true);
        write("192.0.2.9\n");
        Files.setPosixFilePermissions(path, Set.of());
        assumeThat(Files.isReadable(path)).as("root reads everything").isFalse();
        follow(file);
        assertThat(follow(file)).isTrue();
        assertThat(file.trouble()).contains("expected: a file that can be read");
        assertThat(contains(file, "10.1.2.3")).isTrue();
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
        follow(file);
        follow(file);
        assertThat(file.trouble()).isNull();
        assertThat(contains(file, "192.0.2.9")).isTrue();
    }
}
