package dev.tailnet.agent.policy;

/**
 * Something wrong in a policy.
 *
 * @param line from 1
 * @param column from 1
 */
public record PolicyProblem(int line, int column, String text) {

    @Override
    public String toString() {
        return "line " + line + ", column " + column + ": " + text;
    }
}
