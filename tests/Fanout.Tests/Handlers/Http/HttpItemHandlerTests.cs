using Fanout.Handlers;
using Fanout.Handlers.Http;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Fanout.Tests.Handlers.Http;

public sealed class HttpItemHandlerTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly FakeTimeProvider _time = new(new(2026, 11, 23, 10, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task Success_IsStatusAndBody_JsonAsJson_TextAsText()
    {
        await using var server = new LoopbackServer(request => request.Target switch
        {
            "/json" => LoopbackServer.Answer("200 OK", "{ \"a\":\n1 }", "Content-Type: application/problem+json; charset=utf-8"),
            "/broken" => LoopbackServer.Answer("200 OK", "{ \"a\":", "Content-Type: application/json"),
            "/text" => LoopbackServer.Answer("201 Created", "a\"é", "Content-Type: text/plain"),
            _ => "HTTP/1.1 204 No Content\r\n\r\n",
        });
        await using var handler = Create($$"""{"url":"{{server.Url}}/{}"}""");

        Assert.Equal("{\"status\":200,\"body\":{\"a\":1}}", await handler.HandleAsync(Attempts.OfText("json")));
        Assert.Equal("{\"status\":200,\"body\":\"{ \\\"a\\\":\"}", await handler.HandleAsync(Attempts.OfText("broken")));
        Assert.Equal("{\"status\":201,\"body\":\"a\\\"é\"}", await handler.HandleAsync(Attempts.OfText("text")));
        Assert.Equal("{\"status\":204}", await handler.HandleAsync(Attempts.OfText("none")));
    }

    [Fact]
    public async Task LongBody_IsCutBetweenCharacters_AndSaysSo()
    {
        await using var server = new LoopbackServer(_ => LoopbackServer.Answer("200 OK", new string('é', 50_000), "Content-Type: application/json"));
        await using var handler = Create($$"""{"url":"{{server.Url}}/","maxResponseBytes":11}""");

        Assert.Equal("{\"status\":200,\"body\":\"ééééé\",\"truncated\":true}", await handler.HandleAsync(Attempts.OfText("")));
    }

    [Fact]
    public async Task ValuesInUrls_AreEncoded_ButAWholeUrlIsNot()
    {
        await using var server = new LoopbackServer(_ => LoopbackServer.Answer("200 OK"));
        await using var fields = Create($$"""{"url":"{{server.Url}}/o/{id}?q={q}&n={#}"}""");
        await using var whole = Create("""{"url":"{}"}""");

        await fields.HandleAsync(Attempts.OfJson("""{"id":"a/b?c","q":"x&y z"}""", index: 4));
        await whole.HandleAsync(Attempts.OfText(server.Url + "/p?q=1&r=2"));

        Assert.Equal(["/o/a%2Fb%3Fc?q=x%26y%20z&n=4", "/p?q=1&r=2"], server.Requests.Select(request => request.Target));
    }

    [Theory]
    [InlineData("""{"url":"{}"}""", "ftp://example.com/")]
    [InlineData("""{"url":"{}"}""", "/etc/passwd")]
    [InlineData("""{"url":"http://example.com/orders/{}"}""", "..")]
    [InlineData("""{"url":"http://{}/"}""", "a b/c")]
    public async Task ItemThatMakesNoUrl_FailsForGood(string options, string item)
    {
        await using var handler = Create(options);

        var (error, retryable, _) = await handler.FailAsync(Attempts.OfText(item));

        Assert.Equal("BadUrl", error.Type);
        Assert.False(retryable);
    }

    [Fact]
    public async Task Headers_AreTemplates_AndTheIdempotencyKeyIsSetUnlessTheyDo()
    {
        await using var server = new LoopbackServer(_ => LoopbackServer.Answer("200 OK"));
        await using var plain = Create($$"""{"url":"{{server.Url}}/","headers":{"X-Id":"<{id}>","Content-Type":"text/csv"},"body":"a,{id}"}""");
        await using var keyed = Create($$"""{"url":"{{server.Url}}/","headers":{"idempotency-key":"k-{id}"} }""");

        await plain.HandleAsync(Attempts.OfJson("""{"id":5}""", index: 9));
        await keyed.HandleAsync(Attempts.OfJson("""{"id":5}""", index: 9));

        var requests = server.Requests.ToArray();
        Assert.Equal("<5>", requests[0].Headers["X-Id"]);
        Assert.Equal("run/9", requests[0].Headers["Idempotency-Key"]);
        Assert.Equal("text/csv", requests[0].Headers["Content-Type"]);
        Assert.Equal("a,5", requests[0].Body);
        Assert.Equal("k-5", requests[1].Headers["Idempotency-Key"]);
        Assert.Equal("BadHeader", (await keyed.FailAsync(Attempts.OfJson("""{"id":"a\r\nEvil: 1"}"""))).Error.Type);
    }

    [Theory]
    [InlineData("""true""", """{ "id": 5 }""", """{"id":5}""", "application/json")]
    [InlineData("\"item\"", """{ "id": 5 }""", """{"id":5}""", "application/json")]
    [InlineData("\"id={id}\"", """{"id":5}""", "id=5", "text/plain; charset=utf-8")]
    [InlineData("""{"n":"{id}","s":"no. {id}","all":["{}",1,null],"q":"{name}"}""", """{"id":5,"name":"\"x\""}""",
        """{"n":5,"s":"no. 5","all":[{"id":5,"name":"\"x\""},1,null],"q":"\"x\""}""", "application/json")]
    public async Task Body_IsTheItem_ATemplate_OrJsonOfTemplates(string body, string item, string expected, string contentType)
    {
        await using var server = new LoopbackServer(_ => LoopbackServer.Answer("200 OK"));
        await using var handler = Create($$"""{"url":"{{server.Url}}/","body":{{body}}}""");

        await handler.HandleAsync(Attempts.OfJson(item));

        var request = Assert.Single(server.Requests);
        Assert.Equal("POST", request.Method);
        Assert.Equal(expected, request.Body);
        Assert.Equal(contentType, request.Headers["Content-Type"]);
    }

    [Fact]
    public async Task TextItemAsBody_IsAJsonString()
    {
        await using var server = new LoopbackServer(_ => LoopbackServer.Answer("200 OK"));
        await using var handler = Create($$"""{"url":"{{server.Url}}/","method":"put","body":true}""");

        await handler.HandleAsync(Attempts.OfText("a\"b"));

        Assert.Equal(("PUT", "\"a\\\"b\""), (server.Requests.Single().Method, server.Requests.Single().Body));
    }

    [Theory]
    [InlineData("404 Not Found", "Http404", false)]
    [InlineData("400 Bad Request", "Http400", false)]
    [InlineData("302 Found", "Http302", false)]
    [InlineData("408 Request Timeout", "Http408", true)]
    [InlineData("425 Too Early", "Http425", true)]
    [InlineData("429 Too Many Requests", "Http429", true)]
    [InlineData("500 Internal Server Error", "Http500", true)]
    [InlineData("503 Service Unavailable", "Http503", true)]
    public async Task OtherStatuses_Fail_AndSomeAreWorthAnotherAttempt(string status, string type, bool retried)
    {
        await using var server = new LoopbackServer(_ => LoopbackServer.Answer(status, "because"));
        await using var handler = Create($$"""{"url":"{{server.Url}}/a?secret=1"}""");

        var (error, retryable, retryAfter) = await handler.FailAsync(Attempts.OfText(""));

        Assert.Equal(new(type, $"GET {server.Url}/a answered {status}: because"), error);
        Assert.Equal(retried, retryable);
        Assert.Null(retryAfter);
    }

    [Theory]
    [InlineData("429 Too Many Requests", "7", 7)]
    [InlineData("503 Service Unavailable", "0", 0)]
    [InlineData("503 Service Unavailable", "Mon, 23 Nov 2026 10:01:00 GMT", 60)]
    [InlineData("429 Too Many Requests", "Mon, 23 Nov 2026 09:00:00 GMT", 0)]
    [InlineData("429 Too Many Requests", "99999999", 86_400)]
    public async Task RetryAfter_IsSecondsOrADate_OfADayAtMost(string status, string value, int seconds)
    {
        await using var server = new LoopbackServer(_ => LoopbackServer.Answer(status, "", $"Retry-After: {value}"));
        await using var handler = Create($$"""{"url":"{{server.Url}}/"}""");

        var (_, retryable, retryAfter) = await handler.FailAsync(Attempts.OfText(""));

        Assert.True(retryable);
        Assert.Equal(TimeSpan.FromSeconds(seconds), retryAfter);
    }

    [Theory]
    [InlineData("429 Too Many Requests", true)]
    [InlineData("429 Too Many Requests\r\nRetry-After: soon", true)]
    [InlineData("503 Service Unavailable\r\nRetry-After: 1", true)]
    [InlineData("503 Service Unavailable", false)]
    public async Task ThrottlingStatus_IsOneAlsoWhenItsBodyBreaksOff(string head, bool throttled)
    {
        await using var server = new LoopbackServer(_ => $"HTTP/1.1 {head}\r\nTransfer-Encoding: chunked\r\n\r\nno length\r\n");
        await using var handler = Create($$"""{"url":"{{server.Url}}/"}""");

        Assert.Equal(throttled, await handler.IsThrottledAsync(Attempts.OfText("")));
    }

    [Fact]
    public async Task NetworkErrors_AreRetried()
    {
        var server = new LoopbackServer(_ => "HTTP/1.1 200 OK\r\nContent-Length: 10\r\nConnection: close\r\n\r\nabc");
        await using var nobody = Create($$"""{"url":"{{server.Url}}/"}""");
        await server.DisposeAsync();

        var (error, retryable, _) = await nobody.FailAsync(Attempts.OfText(""));

        Assert.Equal("Connection", error.Type);
        Assert.True(retryable);
    }

    [Fact]
    public async Task AnswerThatIsNoHttp_IsRetried()
    {
        await using var server = new LoopbackServer(_ => "SSH-2.0-OpenSSH\r\n\r\n");
        await using var handler = Create($$"""{"url":"{{server.Url}}/"}""");

        Assert.True((await handler.FailAsync(Attempts.OfText(""))).Retryable);
    }

    [Fact]
    public async Task Cancel_IsACancellation_NotAFailure()
    {
        using var cancel = new CancellationTokenSource();
        var asked = new TaskCompletionSource();
        await using var server = new LoopbackServer(_ =>
        {
            asked.SetResult();
            cancel.Cancel();
            return LoopbackServer.Answer("200 OK");
        });
        await using var handler = Create($$"""{"url":"{{server.Url}}/"}""");

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => handler.HandleAsync(Attempts.OfText(""), cancel.Token)).WaitAsync(Patience);
        await asked.Task.WaitAsync(Patience);
    }

    [Fact]
    public async Task AllowHosts_RefusesTheOthersForGood()
    {
        await using var server = new LoopbackServer(_ => LoopbackServer.Answer("200 OK"));
        await using var refused = Create($$"""{"url":"{{server.Url}}/","allowHosts":["example.com","*.example.org"]}""");
        await using var allowed = Create($$"""{"url":"{{server.Url}}/","allowHosts":["127.0.0.1"]}""");

        var (error, retryable, _) = await refused.FailAsync(Attempts.OfText(""));

        Assert.Equal("HostRefused", error.Type);
        Assert.False(retryable);
        Assert.Empty(server.Requests);
        Assert.Equal("{\"status\":200}", await allowed.HandleAsync(Attempts.OfText("")));
    }

    [Theory]
    [InlineData("http://169.254.169.254/latest/meta-data/")]
    [InlineData("http://2852039166/")]
    [InlineData("http://[::ffff:169.254.169.254]/")]
    [InlineData("http://[fd00:ec2::254]/")]
    [InlineData("http://[fe80::1]/")]
    [InlineData("http://168.63.129.16/")]
    [InlineData("http://metadata.google.internal/")]
    [InlineData("http://METADATA.google.internal./")]
    public async Task PlacesThatHandOutCredentials_AreAlwaysRefused(string url)
    {
        await using var handler = Create("""{"url":"{}"}""");

        var (error, retryable, _) = await handler.FailAsync(Attempts.OfText(url));

        Assert.Equal("HostRefused", error.Type);
        Assert.False(retryable);
    }

    [Fact]
    public async Task Redirects_AreFollowedOnRequest_WithoutSecretsToOthers()
    {
        await using var other = new LoopbackServer(_ => LoopbackServer.Answer("200 OK", "there"));
        await using var server = new LoopbackServer(request => request.Target == "/a"
            ? LoopbackServer.Answer("303 See Other", "", "Location: /b")
            : LoopbackServer.Answer("307 Temporary Redirect", "", $"Location: {other.Url}/c"));
        await using var handler = Create($$"""{"url":"{{server.Url}}/a","body":true,"followRedirects":true,"headers":{"X-Api-Key":"s","Accept":"text/plain"} }""");

        Assert.Equal("{\"status\":200,\"body\":\"there\"}", await handler.HandleAsync(Attempts.OfJson("1")));

        Assert.Equal(["POST /a", "GET /b"], server.Requests.Select(request => $"{request.Method} {request.Target}"));
        Assert.True(server.Requests.Last().Headers.ContainsKey("X-Api-Key"));
        var last = Assert.Single(other.Requests);
        Assert.False(last.Headers.ContainsKey("X-Api-Key"));
        Assert.False(last.Headers.ContainsKey("Idempotency-Key"));
        Assert.Equal("text/plain", last.Headers["Accept"]);
    }

    [Theory]
    [InlineData("http://169.254.169.254/", "HostRefused")]
    [InlineData("http://localhost/", "HostRefused")]
    [InlineData("file:///etc/passwd", "BadRedirect")]
    [InlineData("/again", "TooManyRedirects")]
    public async Task Redirects_AreHeldToTheSamePolicy(string location, string type)
    {
        await using var server = new LoopbackServer(_ => LoopbackServer.Answer("302 Found", "", $"Location: {location}"));
        await using var handler = Create($$"""{"url":"{{server.Url}}/","followRedirects":true,"allowHosts":["127.0.0.1","169.254.169.254"]}""");

        var (error, retryable, _) = await handler.FailAsync(Attempts.OfText(""));

        Assert.Equal(type, error.Type);
        Assert.False(retryable);
    }

    [Fact]
    public async Task ManyAtOnce_AreAnsweredEach()
    {
        await using var server = new LoopbackServer(request => LoopbackServer.Answer("200 OK", request.Target, "Content-Type: text/plain"));
        await using var handler = Create($$"""{"url":"{{server.Url}}/{}"}""");

        var results = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => handler.HandleAsync(Attempts.OfJson($"{i}")))).WaitAsync(Patience);

        Assert.Equal(Enumerable.Range(0, 200).Select(i => $"{{\"status\":200,\"body\":\"/{i}\"}}"), results);
    }

    [Fact]
    public async Task Dispose_ClosesTheConnections()
    {
        await using var server = new LoopbackServer(_ => LoopbackServer.Answer("200 OK"));
        var handler = Create($$"""{"url":"{{server.Url}}/"}""");
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => handler.HandleAsync(Attempts.OfText(""))));

        await handler.DisposeAsync();

        await server.ConnectionsClosed.WaitAsync(Patience);
    }

    private HttpItemHandler Create(string options) => new(HttpOptionsReader.Read(Attempts.Json(options)), _time);
}
