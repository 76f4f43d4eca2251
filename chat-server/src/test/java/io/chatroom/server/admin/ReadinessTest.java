package io.chatroom.server.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.server.TestHttp;
import io.chatroom.server.config.AdminAddress;
import io.chatroom.server.metrics.ServerMetrics;
import io.chatroom.server.transport.Transport;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ReadinessTest {

  @Test
  void saysWhyNewConnectionsShouldGoElsewhere() throws IOException {
    AtomicReference<@Nullable String> why = new AtomicReference<>();
    Transport transport = Transport.of(Transport.Choice.AUTO);
    EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, transport.ioHandlers());
    Admin admin = new Admin(loops, why::get, new ServerMetrics(), List.of());
    AdminAddress address = new AdminAddress(AdminAddress.Choice.GIVEN, "127.0.0.1", 0);
    try (AdminEndpoint endpoint = Objects.requireNonNull(admin.start(address, transport))) {
      assertThat(TestHttp.get(endpoint.address(), "/readyz").statusCode()).isEqualTo(200);
      why.set("no database");
      HttpResponse<String> answer = TestHttp.get(endpoint.address(), "/readyz");
      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(answer.body()).isEqualTo("no database\n");
      assertThat(TestHttp.get(endpoint.address(), "/healthz").statusCode()).isEqualTo(200);
    } finally {
      loops.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    }
  }
}
