package io.chatroom.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What a message costs on its way through the codec, without the network. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgsAppend = "-Dio.netty.leakDetection.level=disabled")
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
public class CodecBenchmark {

  /** What one read of a busy socket brings: 64 KiB, cut into messages of one size. */
  @State(Scope.Thread)
  public static class Stream {

    @Param({"64", "1024", "16384"})
    public int messageBytes;

    EmbeddedChannel channel = new EmbeddedChannel();
    ByteBuf read = PooledByteBufAllocator.DEFAULT.directBuffer();
    int messages;

    @Setup
    public void open() {
      channel =
          new EmbeddedChannel(
              FrameDecoder.ofClient(Limits.DEFAULT),
              new ChannelInboundHandlerAdapter() {
                @Override
                public void channelRead(ChannelHandlerContext ctx, Object frame) {
                  messages++;
                  ReferenceCountUtil.release(frame);
                }
              });
      ByteBuf name = PooledByteBufAllocator.DEFAULT.directBuffer();
      LengthHeader.write(name, 0);
      channel.writeInbound(name);
      while (read.readableBytes() < 64 * 1024) {
        LengthHeader.write(read, messageBytes);
        read.writeZero(messageBytes);
      }
    }
  }

  /** Messages next to calls, so that a message has a price of its own. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  public static class Count {
    public long messages;
  }

  /** The column {@code messages} is the time for one. */
  @Benchmark
  public void decode(Stream stream, Count count) {
    stream.messages = 0;
    stream.channel.pipeline().fireChannelRead(stream.read.retainedDuplicate());
    stream.channel.pipeline().fireChannelReadComplete();
    count.messages += stream.messages;
  }

  /** A payload of 1,000 bytes. */
  @State(Scope.Thread)
  public static class Bytes {

    private static final int PAYLOAD = 1_000;

    @Param({"ascii", "multibyte"})
    public String text = "";

    ByteBuf payload = PooledByteBufAllocator.DEFAULT.directBuffer();
    String characters = "";

    @Setup
    public void fill() {
      characters = text.equals("ascii") ? "a".repeat(PAYLOAD) : "aé€🙂".repeat(PAYLOAD / 10);
      payload.writeCharSequence(characters, StandardCharsets.UTF_8);
    }
  }

  /** Judges 1,000 bytes. */
  @Benchmark
  public boolean validateUtf8(Bytes bytes) {
    return Utf8.isValid(bytes.payload, 0, bytes.payload.readableBytes());
  }

  /** Frames 1,000 bytes of text, as a client does. */
  @Benchmark
  public int encode(Bytes bytes, Encoder encoder) {
    encoder.channel.writeOutbound(bytes.characters);
    ByteBuf frame = encoder.channel.readOutbound();
    int length = frame.readableBytes();
    frame.release();
    return length;
  }

  /** A client's way out. */
  @State(Scope.Thread)
  public static class Encoder {
    final EmbeddedChannel channel = new EmbeddedChannel(new FrameEncoder());
  }

  /** A header, ready to be parsed. */
  @State(Scope.Thread)
  public static class Header {

    final ByteBuf bytes = PooledByteBufAllocator.DEFAULT.directBuffer();

    @Setup
    public void fill() {
      LengthHeader.write(bytes, 65_536);
    }
  }

  @Benchmark
  public long parseHeader(Header header) {
    return LengthHeader.parse(header.bytes, 0);
  }
}
