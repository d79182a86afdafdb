package io.portguard.doctor;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** What a doctor found, worst first. Immutable. */
public final class Diagnosis {

    private final Subject subject;
    private final @Nullable Evidence evidence;
    private final List<Finding> findings;
    private final List<String> unseen;

    private Diagnosis(Subject subject, @Nullable Evidence evidence, List<Finding> findings, List<String> unseen) {
        this.subject = subject;
        this.evidence = evidence;
        this.findings = findings.stream()
                .sorted(Comparator.comparing(Finding::severity))
                .toList();
        this.unseen = List.copyOf(unseen);
    }

    Diagnosis(Evidence evidence, List<Finding> findings) {
        this(evidence.subject(), evidence, findings, evidence.unseen());
    }

    /** One for which nothing could be looked at. */
    static Diagnosis blind(Subject subject, CannotLookException reason) {
        return new Diagnosis(subject, null, List.of(), List.of(reason.getMessage()));
    }

    /** The same with what somebody else found, who knows more than the kernel. */
    Diagnosis with(List<Finding> more) {
        List<Finding> all = new ArrayList<>(more);
        all.addAll(findings);
        return new Diagnosis(subject, evidence, all, unseen);
    }

    /** What was examined. */
    public Subject subject() {
        return subject;
    }

    /** Worst first. */
    public List<Finding> findings() {
        return findings;
    }

    /** Whether there is nothing but notes. */
    public boolean isSound() {
        return findings.stream().noneMatch(Finding::isTrouble);
    }

    /** What could not be looked at, and why. */
    public List<String> unseen() {
        return unseen;
    }

    /** For people: the worst first, then how it is, in lines of 80 characters as a rule, each with its line feed. */
    public String text() {
        return TextReport.of(this, evidence);
    }

    /** For people: what is more than a note alone, the worst first, each after an empty line. */
    public String troubles() {
        return TextReport.troubles(this);
    }

    /** For machines: a JSON object, in one line without line feed. */
    public String json() {
        return JsonReport.of(this, evidence);
    }

    OptionalLong maxDescriptors() {
        return evidence == null ? OptionalLong.empty() : evidence.maxDescriptors();
    }
}
