package dev.tailnet.bench;

import java.util.Locale;

/** Policies of a hundred thousand rules, each kind with rules that differ in something else. */
public enum ManyRules {
    NAMES("names") {
        @Override
        String condition(int i) {
            return "hosts: [host" + i + ".example" + i % 97 + ".com]";
        }
    },
    SUFFIXES("suffixes") {
        @Override
        String condition(int i) {
            return "hosts: ['*.sub" + i + ".example.org']";
        }
    },
    BLOCKS("blocks") {
        @Override
        String condition(int i) {
            return "cidrs: [" + (11 + i / 65_536) + "." + i / 256 % 256 + "." + i % 256 + ".0/24]";
        }
    },
    IPV6_BLOCKS("IPv6 blocks") {
        @Override
        String condition(int i) {
            return String.format(Locale.ROOT, "cidrs: ['2001:%x:%x::/48']", 0xdb8 + i / 65_536, i % 65_536);
        }
    },
    PORTS("ports of one name") {
        @Override
        String condition(int i) {
            return "hosts: [one.example], ports: [" + (1 + i % 65_535) + "]";
        }
    },
    ROLES("roles") {
        @Override
        String condition(int i) {
            return "hosts: ['*'], roles: [user" + i + "]";
        }
    };

    static final int RULES = 100_000;

    private final String words;

    ManyRules(String words) {
        this.words = words;
    }

    /** What is particular about rule number {@code i}. */
    abstract String condition(int i);

    String words() {
        return words;
    }

    String yaml() {
        var yaml = new StringBuilder("default: allow\nrules:\n");
        for (int i = 0; i < RULES; i++) {
            yaml.append("- {name: r")
                    .append(i)
                    .append(", action: deny, ")
                    .append(condition(i))
                    .append("}\n");
        }
        return yaml.toString();
    }
}
