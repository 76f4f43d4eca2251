/**
 * The load generator: fills a room with receivers and senders, and measures how fast a server
 * delivers, while it verifies what is delivered. Nothing here knows of a terminal or a command
 * line.
 *
 * <p>How a run goes: the {@link io.chatroom.client.bench.Crowd} connects; one sender says probes
 * until everybody has heard one (the protocol confirms no registration), then the start mark, after
 * which each receiver counts; the {@link io.chatroom.client.bench.Pacer} says messages, first to
 * warm up, then to measure, and each time until everybody has everything. Most receivers only count
 * bytes, which is exact because all messages have one size; a sample of them, and all senders, go
 * through each message with a {@link io.chatroom.client.bench.Checker}.
 *
 * <p>Threads: all that decides (senders, sampled receivers, the pacer) lives on one event loop and
 * needs no locks; further loops only count. {@link io.chatroom.client.bench.Bench} asks them by
 * tasks.
 */
@NullMarked
package io.chatroom.client.bench;

import org.jspecify.annotations.NullMarked;
