/**
 * What the server and the client both need from the operating system: files that they keep, and
 * words for what goes wrong there.
 *
 * <p>It depends on nothing else of this project, and is no API for others: it changes whenever the
 * two programs need it to.
 */
@NullMarked
package io.chatroom.system;

import org.jspecify.annotations.NullMarked;
