package dev.tailnet.agent.policy;

import tools.jackson.core.JsonToken;

/** What a policy is read from, token by token. */
interface Tokens {
    /** {@link JsonToken#NOT_AVAILABLE} at the end. */
    JsonToken next();

    JsonToken current();

    /** The name of the current property. */
    String name();

    /** The text of the current value. */
    String text();

    /** Of the current token, from 1. */
    int line();

    /** Of the current token, from 1. */
    int column();

    /** Whether the current value is an alias of YAML: what begins with a star, and was not meant so. */
    boolean isAlias();

    /** Passes over what is in the object or list that has just begun. */
    void skipChildren();
}
