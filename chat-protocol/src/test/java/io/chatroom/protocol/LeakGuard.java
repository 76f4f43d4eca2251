package io.chatroom.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import java.lang.ref.WeakReference;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test class in which a buffer was dropped without being released. JUnit finds it by itself
 * in every module that has this one's test jar. Netty only logs a leak, and only when a later
 * allocation finds the dropped buffer's reference; so each class ends with a garbage collection and
 * an allocation, and what was found until then is thrown.
 */
public final class LeakGuard implements BeforeAllCallback, AfterAllCallback {

  private static final Queue<String> LEAKS = new ConcurrentLinkedQueue<>();

  static {
    // Before Netty makes its detectors: they keep what the factory gave them for good.
    ResourceLeakDetectorFactory.setResourceLeakDetectorFactory(new RecordingFactory());
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    if (ResourceLeakDetector.getLevel() != ResourceLeakDetector.Level.PARANOID) {
      throw new AssertionError(
          "run tests with -Dio.netty.leakDetection.level=paranoid, not "
              + ResourceLeakDetector.getLevel());
    }
  }

  @Override
  public void afterAll(ExtensionContext context) {
    String leaks = drainLeaks();
    if (!leaks.isEmpty()) {
      throw new AssertionError("a buffer was not released:\n" + leaks);
    }
  }

  /** What has leaked since the last call, or an empty string. */
  static String drainLeaks() {
    collectGarbage();
    // Every allocation first reports what the collector has found since the one before.
    for (int i = 0; i < 4; i++) {
      ByteBuf probe = PooledByteBufAllocator.DEFAULT.directBuffer(1);
      probe.release();
    }
    StringBuilder all = new StringBuilder();
    for (String leak = LEAKS.poll(); leak != null; leak = LEAKS.poll()) {
      all.append(leak).append('\n');
    }
    return all.toString();
  }

  /** A request alone may come back before anything was collected, so wait until something was. */
  private static void collectGarbage() {
    WeakReference<Object> sentinel = new WeakReference<>(new Object());
    while (sentinel.get() != null) {
      System.gc();
      Thread.onSpinWait();
    }
  }

  private static final class RecordingFactory extends ResourceLeakDetectorFactory {

    @Override
    @SuppressWarnings("deprecation") // the abstract method that every factory must have
    public <T> ResourceLeakDetector<T> newResourceLeakDetector(
        Class<T> resource, int samplingInterval, long maxActive) {
      return new RecordingDetector<>(resource, samplingInterval);
    }
  }

  private static final class RecordingDetector<T> extends ResourceLeakDetector<T> {

    RecordingDetector(Class<?> resource, int samplingInterval) {
      super(resource, samplingInterval);
    }

    @Override
    protected void reportTracedLeak(String resourceType, String records) {
      LEAKS.add(resourceType + records);
      super.reportTracedLeak(resourceType, records);
    }

    @Override
    protected void reportUntracedLeak(String resourceType) {
      LEAKS.add(resourceType);
      super.reportUntracedLeak(resourceType);
    }
  }
}
