/**
 * The wire and nothing else: the header, frames, what violates them, and the codec between bytes
 * and frames. {@code PROTOCOL.md} says what each of them must do; the numbers P-nn in this package
 * are its requirements.
 *
 * <p>This package depends on Netty's buffers and codec base and on nothing of ours.
 */
@NullMarked
package io.chatroom.protocol;

import org.jspecify.annotations.NullMarked;
