/**
 * Finds messages by their words: by an index beside the store, or without a store by looking at
 * what is in memory.
 *
 * <pre>
 *   what a person types → Query → Match → SearchIndex (numbers of messages) → Journal (messages)
 *   Journal (what was stored) → Indexer (its own thread) → SearchIndex
 * </pre>
 *
 * <p>The index is made from the journal alone and can be thrown away at any time. It never holds up
 * what is stored: it follows. All splitting of texts into words is done here, in {@link
 * io.chatroom.server.search.Words}, and nothing that a person types reaches the database as syntax.
 */
@NullMarked
package io.chatroom.server.search;

import org.jspecify.annotations.NullMarked;
