package io.chatroom.server.metrics;

import java.util.function.LongSupplier;

/**
 * A value that is read on request instead of being counted.
 *
 * @param name in the form of Prometheus: begins with {@code chat_} and ends with the unit
 * @param help its meaning, in half a sentence
 * @param value reads the present value; called from any thread, must be cheap
 */
public record Gauge(String name, String help, LongSupplier value) {}
