/**
 * The load generator: fills a room with receivers and senders, measures how fast a server delivers,
 * and verifies all deliveries. Nothing here depends on a terminal or a command line.
 *
 * <p>A run: the {@link io.chatroom.client.bench.Crowd} connects. One sender sends probes until
 * every member has received one (the protocol does not confirm a registration), then the start
 * mark, after which each receiver counts. The {@link io.chatroom.client.bench.Pacer} sends
 * messages, first to warm up, then to measure, and each time waits until every member has received
 * all messages. Most receivers only count bytes, which is exact because all messages have one size;
 * a sample of them, and all senders, check each message with a {@link
 * io.chatroom.client.bench.Checker}.
 *
 * <p>Threads: senders, sampled receivers and the pacer share one event loop and need no locks;
 * other loops only count. {@link io.chatroom.client.bench.Bench} queries them with tasks.
 */
@NullMarked
package io.chatroom.client.bench;

import org.jspecify.annotations.NullMarked;
