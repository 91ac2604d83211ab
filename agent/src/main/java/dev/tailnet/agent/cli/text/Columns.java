package dev.tailnet.agent.cli.text;

import java.util.ArrayList;
import java.util.List;

/** Text in columns, each as wide as its widest cell and a gap. */
public final class Columns {
    private static final int GAP = 2;

    private final List<List<String>> rows = new ArrayList<>();

    public Columns row(String... cells) {
        rows.add(List.of(cells));
        return this;
    }

    /** The lines as tailscale's tables have them: the last cell is padded as well. */
    public String padded() {
        return print(true);
    }

    /** The lines without blanks at their ends. */
    @Override
    public String toString() {
        return print(false);
    }

    private String print(boolean padLast) {
        var text = new StringBuilder();
        for (var row : rows) {
            for (int column = 0; column < row.size(); column++) {
                var cell = row.get(column);
                text.append(cell);
                if (padLast || column < row.size() - 1) {
                    text.append(" ".repeat(width(column) + GAP - length(cell)));
                }
            }
            text.append(System.lineSeparator());
        }
        return text.toString();
    }

    private int width(int column) {
        return rows.stream()
                .filter(row -> row.size() > column)
                .mapToInt(row -> length(row.get(column)))
                .max()
                .orElse(0);
    }

    private static int length(String cell) {
        return cell.codePointCount(0, cell.length());
    }
}
