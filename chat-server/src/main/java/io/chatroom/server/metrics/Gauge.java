package io.chatroom.server.metrics;

import java.util.function.LongSupplier;

/**
 * Something that is asked for when somebody looks, instead of being counted.
 *
 * @param name as Prometheus wants it: {@code chat_} and the unit at the end
 * @param help what it is, half a sentence
 * @param value how much it is now; from any thread, and cheap
 */
public record Gauge(String name, String help, LongSupplier value) {}
