/**
 * The seed protocol on the wire: headers, frames, violations, and the codec between bytes and
 * frames. {@code PROTOCOL.md} specifies them; the numbers P-nn in this package are its
 * requirements.
 *
 * <p>This package depends on Netty's buffers and codec base, and on none of our packages.
 */
@NullMarked
package io.chatroom.protocol;

import org.jspecify.annotations.NullMarked;
