package io.chatroom.client.conformance.session;

import io.chatroom.client.conformance.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Carries each object in one text message of RFC 6455. */
final class WebSocketWire implements Wire {

  static final int TEXT = 1;
  static final int BINARY = 2;
  static final int CLOSE = 8;
  static final int PING = 9;
  static final int PONG = 10;

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int NO_CODE = 1005;

  private final Upgrade upgrade;
  private final List<Bytes> pongs = new ArrayList<>();
  private final CountDownLatch answered = new CountDownLatch(1);
  private volatile @Nullable HttpAnswer answer;
  private volatile int closeCode = -1;

  WebSocketWire(Upgrade upgrade) {
    this.upgrade = upgrade;
  }

  @Override
  public Bytes opening() {
    return upgrade.request();
  }

  @Override
  public void readOpening(InputStream in) throws IOException {
    try {
      HttpAnswer head = HttpAnswer.read(in);
      answer = head;
      answered.countDown();
      upgrade.check(head);
    } finally {
      answered.countDown();
    }
  }

  /** Returns the response to the upgrade, or {@code null} if none came in time. */
  @Nullable HttpAnswer answer(Duration patience) throws InterruptedException {
    return answered.await(patience.toMillis(), TimeUnit.MILLISECONDS) ? answer : null;
  }

  @Override
  public Bytes frame(Bytes object) {
    return frame(true, TEXT, object);
  }

  /** Encodes a masked frame, as clients send it. */
  static Bytes frame(boolean last, int kind, Bytes payload) {
    byte[] key = new byte[4];
    RANDOM.nextBytes(key);
    byte[] masked = payload.toArray();
    for (int i = 0; i < masked.length; i++) {
      masked[i] ^= key[i % 4];
    }
    return head(last, kind, true, payload.length())
        .plus(Bytes.copyOf(key))
        .plus(Bytes.copyOf(masked));
  }

  /** Encodes the first bytes of a frame, up to its length. */
  static Bytes head(boolean last, int kind, boolean masked, long lengthBytes) {
    int mask = masked ? 0x80 : 0;
    int first = (last ? 0x80 : 0) | kind;
    int[] head;
    if (lengthBytes < 126) {
      head = new int[] {first, mask | (int) lengthBytes};
    } else if (lengthBytes < 1 << 16) {
      head = new int[] {first, mask | 126, (int) lengthBytes >> 8, (int) lengthBytes};
    } else {
      head = new int[10];
      head[0] = first;
      head[1] = mask | 127;
      for (int i = 0; i < 8; i++) {
        head[9 - i] = (int) (lengthBytes >> (8 * i));
      }
    }
    byte[] bytes = new byte[head.length];
    for (int i = 0; i < head.length; i++) {
      bytes[i] = (byte) head[i];
    }
    return Bytes.copyOf(bytes);
  }

  @Override
  public Bytes announce(long lengthBytes) {
    return head(true, TEXT, true, lengthBytes).plus(Bytes.copyOf(new byte[4]));
  }

  @Override
  public @Nullable Bytes read(InputStream in, Reply reply) throws IOException {
    List<Bytes> parts = new ArrayList<>();
    while (true) {
      WebSocketFrame frame = WebSocketFrame.read(in);
      if (frame == null) {
        return null;
      }
      switch (frame.kind()) {
        case PING -> reply.send(frame(true, PONG, frame.payload()));
        case PONG -> addPong(frame.payload());
        case CLOSE -> {
          closed(frame.payload());
          reply.send(frame(true, CLOSE, frame.payload()));
        }
        default -> {
          if (frame.kind() != (parts.isEmpty() ? TEXT : 0)) {
            throw new WrongFrameException(
                "a frame of kind %d came instead of %s"
                    .formatted(frame.kind(), parts.isEmpty() ? "text" : "a continuation"));
          }
          parts.add(frame.payload());
          if (frame.last()) {
            return Bytes.join(parts);
          }
        }
      }
    }
  }

  private void closed(Bytes payload) throws WrongFrameException {
    if (payload.length() == 1) {
      throw new WrongFrameException("a close frame came with half a close code");
    }
    closeCode =
        payload.isEmpty()
            ? NO_CODE
            : (Byte.toUnsignedInt(payload.at(0)) << 8) | Byte.toUnsignedInt(payload.at(1));
  }

  private void addPong(Bytes pong) {
    synchronized (pongs) {
      pongs.add(pong);
    }
  }

  /** Returns the payloads of the pongs that came. */
  List<Bytes> pongs() {
    synchronized (pongs) {
      return List.copyOf(pongs);
    }
  }

  /**
   * Returns the close code of the server, 1005 if its close frame had none, or -1 if it sent no
   * close frame.
   */
  int closeCode() {
    return closeCode;
  }

  @Override
  public Bytes ending() {
    return close(1000);
  }

  static Bytes close(int code) {
    return frame(true, CLOSE, Bytes.copyOf(new byte[] {(byte) (code >> 8), (byte) code}));
  }

  static String newKey() {
    byte[] key = new byte[16];
    RANDOM.nextBytes(key);
    return Base64.getEncoder().encodeToString(key);
  }
}
