/**
 * What the command lines of the server and the client share.
 *
 * <p>It knows picocli and nothing of ours. Picocli does not come with this module: who uses this
 * package brings it.
 */
@NullMarked
package io.chatroom.commands;

import org.jspecify.annotations.NullMarked;
