package dev.tailnet.agent.policy;

import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.dataformat.yaml.YAMLParser;

/** All of YAML, by the library. */
record YamlTokens(JsonParser parser) implements Tokens {
    @Override
    public JsonToken next() {
        JsonToken next = parser.nextToken();
        return next == null ? JsonToken.NOT_AVAILABLE : next;
    }

    @Override
    public JsonToken current() {
        JsonToken current = parser.currentToken();
        return current == null ? JsonToken.NOT_AVAILABLE : current;
    }

    @Override
    public String name() {
        return parser.currentName();
    }

    @Override
    public String text() {
        return parser.getString();
    }

    @Override
    public int line() {
        return Math.max(1, parser.currentTokenLocation().getLineNr());
    }

    @Override
    public int column() {
        return Math.max(1, parser.currentTokenLocation().getColumnNr());
    }

    @Override
    public boolean isAlias() {
        return parser instanceof YAMLParser yaml && yaml.isCurrentAlias();
    }

    @Override
    public void skipChildren() {
        parser.skipChildren();
    }
}
