package dev.tailnet.agent.check;

/** A step failed: the walk ends with it. */
final class StepFailure extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Finding finding;

    StepFailure(Finding finding) {
        super(finding.words(), null, false, false);
        this.finding = finding;
    }

    Finding finding() {
        return finding;
    }
}
