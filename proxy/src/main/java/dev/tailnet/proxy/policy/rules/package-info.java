/**
 * The rules that a user writes, and who is right about a request: a model, its compiled form, and what can be said about rules
 * without any request. No file format, no I/O, and nothing of what holds without rules, which is the policy's.
 */
@NullMarked
package dev.tailnet.proxy.policy.rules;

import org.jspecify.annotations.NullMarked;
