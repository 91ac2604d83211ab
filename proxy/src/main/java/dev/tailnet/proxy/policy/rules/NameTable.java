package dev.tailnet.proxy.policy.rules;

import java.util.concurrent.ThreadLocalRandom;

/**
 * Numbers names, and finds all those that a name is or ends in, label by label, in one go over it. A table with open addressing: a
 * tree of labels, or a map, would be several times the memory of the names themselves.
 */
final class NameTable {
    private static final long PRIME = 0x100000001b3L; // of FNV-1a, in 64 bits

    /** Else who writes a list could choose names that all meet in one place. */
    private final long seed = ThreadLocalRandom.current().nextLong();

    private final String[] names;
    /** The number of a name and 1; 0 where there is none. */
    private final int[] slots;

    private int size;

    /** @param most names that will be added */
    NameTable(int most) {
        names = new String[most];
        slots = new int[Math.max(2, Integer.highestOneBit(Math.max(1, most)) * 4)];
    }

    /** Told of a name that was found. */
    @FunctionalInterface
    interface Visitor {
        /** @param isWhole whether it is the name that was asked for, and not one that it is below */
        void found(int number, boolean isWhole);
    }

    /** Returns its number, the same for the same name. */
    int add(String name) {
        long hash = seed;
        for (int i = name.length() - 1; i >= 0; i--) {
            hash = (hash ^ name.charAt(i)) * PRIME;
        }
        int slot = slot(name, 0, hash);
        if (slots[slot] == 0) {
            names[size++] = name;
            slots[slot] = size;
        }
        return slots[slot] - 1;
    }

    int size() {
        return size;
    }

    /** Shows what of a name was added, the top-level domain first. */
    void visit(String name, Visitor visitor) {
        long hash = seed;
        for (int i = name.length() - 1; i >= 0; i--) {
            if (name.charAt(i) == '.') {
                show(name, i + 1, hash, visitor);
            }
            hash = (hash ^ name.charAt(i)) * PRIME;
        }
        show(name, 0, hash, visitor);
    }

    private void show(String name, int from, long hash, Visitor visitor) {
        int number = slots[slot(name, from, hash)];
        if (number != 0) {
            visitor.found(number - 1, from == 0);
        }
    }

    /** Where the rest of a name is, or would be. */
    private int slot(String name, int from, long hash) {
        int mask = slots.length - 1;
        int slot = (int) (hash >>> 32) & mask;
        while (slots[slot] != 0 && !isRest(names[slots[slot] - 1], name, from)) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private static boolean isRest(String candidate, String name, int from) {
        return candidate.length() == name.length() - from && name.startsWith(candidate, from);
    }
}
