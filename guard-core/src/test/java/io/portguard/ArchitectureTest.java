package io.portguard;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Timer;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ThreadPoolExecutor;
import org.junit.jupiter.api.Test;

/** Holds the "never" list of docs/architecture.md. */
class ArchitectureTest {

    private static final String ROOT = "io.portguard";

    private static final JavaClasses CORE = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(ROOT);

    private void mayUse(String room, String... others) {
        String[] allowed = new String[others.length + 2];
        allowed[0] = ROOT;
        allowed[1] = ROOT + "." + room;
        for (int i = 0; i < others.length; i++) {
            allowed[i + 2] = ROOT + "." + others[i];
        }
        String[] rooms = allowed.clone();
        ArchRule rule = classes()
                .that()
                .resideInAPackage(ROOT + "." + room)
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(rooms).or(isForeign()))
                .as(room + " may use the root and " + String.join(", ", others));
        rule.check(CORE);
    }

    private static com.tngtech.archunit.base.DescribedPredicate<JavaClass> isForeign() {
        return com.tngtech.archunit.base.DescribedPredicate.not(resideInAPackage(ROOT + ".."));
    }

    @Test
    void allOfTheCoreIsLookedAt() {
        assertThat(CORE.size()).isGreaterThan(60);
        assertThat(alwaysTrue().test(CORE.iterator().next())).isTrue();
    }

    @Test
    void theRootPackageImportsNoSubpackage() {
        noClasses()
                .that()
                .resideInAPackage(ROOT)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT + ".*..")
                .check(CORE);
    }

    @Test
    void limitClientProcWireConnectionAndResilience4jUseTheRootAlone() {
        mayUse("limit");
        mayUse("client");
        mayUse("proc");
        mayUse("wire");
        mayUse("resilience4j");
        mayUse("connection");
    }

    @Test
    void pressureUsesProcAlone() {
        mayUse("pressure", "proc");
    }

    @Test
    void ruleUsesLimitClientAndPressureAlone() {
        mayUse("rule", "limit", "client", "pressure");
    }

    @Test
    void httpUsesClientAlone() {
        mayUse("http", "client");
    }

    @Test
    void settingsUsesClientAlone() {
        mayUse("settings", "client");
        mayUse("audit", "settings");
    }

    @Test
    void standardComposesAllButWhatIsAboveIt() {
        mayUse(
                "standard",
                "rule",
                "limit",
                "client",
                "pressure",
                "proc",
                "http",
                "settings",
                "wire",
                "connection",
                "audit");
    }

    @Test
    void doctorIsAboveTheStandardGuardAndBelowJmx() {
        mayUse("doctor", "standard", "rule", "pressure", "proc", "settings", "client", "audit");
    }

    @Test
    void jmxAndMetricsAreAboveTheStandardGuardAndDoNotKnowEachOther() {
        noClasses()
                .that()
                .resideOutsideOfPackages(ROOT + ".jmx", ROOT + ".metrics")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(ROOT + ".jmx", ROOT + ".metrics")
                .check(CORE);
        noClasses()
                .that()
                .resideInAPackage(ROOT + ".jmx")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT + ".metrics")
                .check(CORE);
        noClasses()
                .that()
                .resideInAPackage(ROOT + ".metrics")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT + ".jmx")
                .check(CORE);
    }

    @Test
    void theCoreSeesNoAdaptersWorld() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.netty..", "jakarta..", "javax.servlet..", "org.springframework..")
                .check(CORE);
    }

    @Test
    void optionalLibrariesAreEachSeenByOnePackage() {
        seenOnlyBy("io.micrometer..", ROOT + ".metrics");
        seenOnlyBy("io.github.resilience4j..", ROOT + ".resilience4j");
        seenOnlyBy("com.github.benmanes.caffeine..", ROOT + ".rule");
        seenOnlyBy("javax.management..", ROOT + ".jmx");
    }

    private void seenOnlyBy(String library, String room) {
        noClasses()
                .that()
                .resideOutsideOfPackage(room)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(library)
                .check(CORE);
    }

    @Test
    void loggingIsSystemLogger() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "java.util.logging..", "org.slf4j..", "org.apache.logging..", "org.apache.commons.logging..")
                .check(CORE);
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName(ROOT + ".doctor.Main")
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .orShould()
                .callMethod(Throwable.class, "printStackTrace")
                .check(CORE);
    }

    @Test
    void onlyTheHousekeeperCreatesAThread() {
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName(Housekeeper.class.getName())
                .should()
                .dependOnClassesThat()
                .areAssignableTo(ThreadPoolExecutor.class)
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(Executors.class)
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(ForkJoinPool.class)
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(Timer.class)
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.util.concurrent.CompletableFuture")
                .orShould()
                .callConstructor(Thread.class)
                .orShould()
                .callConstructor(Thread.class, Runnable.class)
                .orShould()
                .callConstructor(Thread.class, Runnable.class, String.class)
                .orShould()
                .callMethod(Thread.class, "start")
                .check(CORE);
    }

    @Test
    void onlyNanoClockReadsTheTime() {
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName(NanoClock.class.getName())
                .should()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.time.Clock")
                .orShould()
                .callMethod("java.time.Instant", "now")
                .orShould()
                .callMethod("java.time.LocalDateTime", "now")
                .orShould()
                .callMethod("java.util.Date", "<init>")
                .check(CORE);
        // Who looks twice, or leaves the processor to others, has to wait in between; nothing that is decided waits for
        // it.
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName(ROOT + ".doctor.Doctor")
                .and()
                .doNotHaveFullyQualifiedName(ROOT + ".audit.Audit")
                .should()
                .callMethod(Thread.class, "sleep", long.class)
                .orShould()
                .callMethod("java.util.concurrent.locks.LockSupport", "parkNanos", long.class.getName())
                .check(CORE);
    }

    @Test
    void nothingStaticChanges() {
        fields().that().areStatic().should().beFinal().check(CORE);
        fields().that()
                .areStatic()
                .should()
                .notHaveRawType(com.tngtech.archunit.base.DescribedPredicate.describe(
                        "is made to be changed",
                        type -> type.isAssignableTo("java.util.concurrent.atomic.AtomicInteger")
                                || type.isAssignableTo("java.util.concurrent.atomic.AtomicLong")
                                || type.isAssignableTo("java.util.concurrent.atomic.AtomicReference")
                                || type.isAssignableTo("java.util.concurrent.atomic.LongAdder")
                                || type.isAssignableTo("java.util.concurrent.ConcurrentMap")
                                || type.isAssignableTo("java.util.ArrayList")
                                || type.isAssignableTo("java.util.HashMap")
                                || type.isAssignableTo("java.lang.ThreadLocal")))
                .check(CORE);
        noClasses()
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.util.ServiceLoader")
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(ThreadLocal.class)
                .check(CORE);
    }
}
