package dev.tailnet.proxy.policy.rules;

import java.util.Arrays;

/** Numbers in the order they came; as a list of objects they would be four times the memory. */
final class IntList {
    private int[] items = new int[16];
    private int size;

    void add(int item) {
        if (size == items.length) {
            items = Arrays.copyOf(items, size * 2);
        }
        items[size++] = item;
    }

    int get(int index) {
        return items[index];
    }

    int size() {
        return size;
    }

    /** Sorts those from {@code start} on, and keeps of equal ones one. */
    void sortFrom(int start) {
        Arrays.sort(items, start, size);
        int kept = start;
        for (int i = start; i < size; i++) {
            if (i == start || items[i] != items[i - 1]) {
                items[kept++] = items[i];
            }
        }
        size = kept;
    }

    int[] toArray() {
        return Arrays.copyOf(items, size);
    }
}
