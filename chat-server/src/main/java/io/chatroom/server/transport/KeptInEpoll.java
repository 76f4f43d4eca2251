package io.chatroom.server.transport;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.util.concurrent.ThreadAwareExecutor;

/**
 * Netty's epoll transport, with sockets that stay in the epoll set while they wait for nothing.
 *
 * <p>Netty (4.2.18) removes such a socket, for instance after the end of the peer's stream, and
 * never adds it again. The next write that the network does not take at once then fails with
 * ENOENT, and the remaining answers of a session are lost. Here such a socket waits for errors,
 * which epoll reports anyway.
 */
record KeptInEpoll(IoHandler epoll) implements IoHandler {

  static IoHandlerFactory factory() {
    IoHandlerFactory epoll = EpollIoHandler.newFactory();
    return new IoHandlerFactory() {
      @Override
      public IoHandler newHandler(ThreadAwareExecutor executor) {
        return new KeptInEpoll(epoll.newHandler(executor));
      }

      @Override
      public boolean isChangingThreadSupported() {
        return epoll.isChangingThreadSupported();
      }
    };
  }

  @Override
  public IoRegistration register(IoHandle handle) throws Exception {
    return new Registration(epoll.register(handle));
  }

  @Override
  public void initialize() {
    epoll.initialize();
  }

  @Override
  public int run(IoHandlerContext context) {
    return epoll.run(context);
  }

  @Override
  public void prepareToDestroy() {
    epoll.prepareToDestroy();
  }

  @Override
  public void destroy() {
    epoll.destroy();
  }

  @Override
  public void wakeup() {
    epoll.wakeup();
  }

  @Override
  public boolean isCompatible(Class<? extends IoHandle> type) {
    return epoll.isCompatible(type);
  }

  private record Registration(IoRegistration socket) implements IoRegistration {

    @Override
    public long submit(IoOps ops) {
      return socket.submit(ops.equals(EpollIoOps.NONE) ? EpollIoOps.EPOLLERR : ops);
    }

    @Override
    @SuppressWarnings("TypeParameterUnusedInFormals") // Netty's own
    public <T> T attachment() {
      return socket.attachment();
    }

    @Override
    public boolean isValid() {
      return socket.isValid();
    }

    @Override
    public boolean cancel() {
      return socket.cancel();
    }
  }
}
