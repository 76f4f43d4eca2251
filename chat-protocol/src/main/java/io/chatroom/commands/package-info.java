/**
 * What the command lines of the server and the client share.
 *
 * <p>It depends on picocli and on nothing else of this project. This module does not bring picocli:
 * a module that uses this package must depend on it.
 */
@NullMarked
package io.chatroom.commands;

import org.jspecify.annotations.NullMarked;
