/**
 * What programs get over HTTP that keep no connection: the objects of sessions as bodies, and a
 * room as a stream of events. A request is a short {@link io.chatroom.server.session.Session}, so
 * that all that holds for those holds here.
 */
@NullMarked
package io.chatroom.server.api;

import org.jspecify.annotations.NullMarked;
