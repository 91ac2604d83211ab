package dev.tailnet.agent.check;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The steps as they are taken: each is told at once. */
final class Walk {
    private final Consumer<Step> told;
    private final List<Step> steps = new ArrayList<>();

    Walk(Consumer<Step> told) {
        this.told = told;
    }

    /** What a step does. */
    @FunctionalInterface
    interface Action<T> {
        T take() throws StepFailure;
    }

    /** Takes a step whose time counts. */
    <T> T timed(String name, Action<T> action, Function<? super T, String> words) throws StepFailure {
        long start = System.nanoTime();
        try {
            T found = action.take();
            add(Step.passed(name, since(start), words.apply(found)));
            return found;
        } catch (StepFailure e) {
            add(Step.failed(name, since(start), e.finding()));
            throw e;
        }
    }

    void passed(String name, @Nullable Duration took, String words) {
        add(Step.passed(name, took, words));
    }

    void note(String name, @Nullable Duration took, String words) {
        add(Step.note(name, took, words));
    }

    StepFailure failed(String name, @Nullable Duration took, Finding finding) {
        add(Step.failed(name, took, finding));
        return new StepFailure(finding);
    }

    List<Step> steps() {
        return List.copyOf(steps);
    }

    static Duration since(long start) {
        return Duration.ofNanos(System.nanoTime() - start);
    }

    private void add(Step step) {
        steps.add(step);
        told.accept(step);
    }
}
