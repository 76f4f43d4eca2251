/**
 * Searches messages by their words: with an index beside the store, or by scanning memory if there
 * is no store.
 *
 * <pre>
 *   typed text → Query → Match → IndexReader (numbers of messages) → Journal (messages)
 *   Journal (stored messages) → Indexer (its own thread) → IndexWriter
 * </pre>
 *
 * <p>The index is built from the journal alone and can be deleted at any time. It follows the store
 * and never delays it. {@link io.chatroom.server.search.Words} splits all texts into words; nothing
 * that a person types reaches the database as syntax.
 */
@NullMarked
package io.chatroom.server.search;

import org.jspecify.annotations.NullMarked;
