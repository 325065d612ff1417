using System.Net;
using Fanout.Api;
using Fanout.Api.Tests.Support;
using Fanout.Server.Diagnosis;
using Fanout.Server.Tests.Support;
using Xunit;

namespace Fanout.Server.Tests.Diagnosis;

/// <summary>The server's own profile: who may ask for it, and when.</summary>
public sealed class ProfileRouteTests
{
    private readonly FakeProfiler _profiler = new();

    [Fact]
    public async Task Profile_IsOffUnlessItWasAllowed()
    {
        await using var host = await ServerHost.StartAsync();
        Assert.Contains("--allow-profile", (await host.Client.SendAsync(HttpMethod.Post, "/api/profile", null)).Problem(HttpStatusCode.NotFound), StringComparison.Ordinal);
        (await host.Client.SendAsync(HttpMethod.Delete, "/api/profile", null)).Problem(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Trace_IsSentAsAFile_AndNoted()
    {
        await using var host = await StartAsync();
        _profiler.Gate.SetResult();
        using var answer = await host.Client.PostAsync("/api/profile?kind=alloc&seconds=7", content: null);
        Assert.Equal("trace of alloc", await answer.Content.ReadAsStringAsync());
        Assert.Equal(("application/octet-stream", "attachment"), (answer.Content.Headers.ContentType?.MediaType, answer.Content.Headers.ContentDisposition?.DispositionType));
        Assert.Matches("^server-alloc-[0-9]{8}-[0-9]{6}\\.nettrace$", answer.Content.Headers.ContentDisposition?.FileName);
        Assert.Equal(("alloc", TimeSpan.FromSeconds(7)), _profiler.Asked);
        Assert.False(File.Exists(_profiler.Path));
        Assert.Contains("\"method\":\"POST\",\"path\":\"/api/profile\"", host.Audit, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_IsSentAsAFile()
    {
        await using var host = await StartAsync();
        _profiler.Gate.SetResult();
        using var answer = await host.Client.PostAsync("/api/profile?format=html", content: null);
        Assert.Equal("<p>cpu</p>", await answer.Content.ReadAsStringAsync());
        Assert.Equal(("text/html", "attachment"), (answer.Content.Headers.ContentType?.MediaType, answer.Content.Headers.ContentDisposition?.DispositionType));
        Assert.Equal(("cpu", TimeSpan.FromSeconds(10)), _profiler.Asked);
        Assert.False(File.Exists(_profiler.Path));
    }

    [Theory]
    [InlineData("kind=all", "kind")]
    [InlineData("format=svg", "format")]
    [InlineData("seconds=0", "seconds")]
    [InlineData("seconds=121", "seconds")]
    [InlineData("seconds=1.5", "seconds")]
    public async Task WhatIsNotLegal_IsRefused(string query, string named)
    {
        await using var host = await StartAsync();
        Assert.Contains($"'{named}'", (await host.Client.SendAsync(HttpMethod.Post, $"/api/profile?{query}", null)).Problem(HttpStatusCode.BadRequest), StringComparison.Ordinal);
        Assert.Null(_profiler.Asked);
    }

    [Fact]
    public async Task OneIsMadeAtATime()
    {
        await using var host = await StartAsync();
        var first = host.Client.PostAsync("/api/profile", content: null);
        await _profiler.Begun.Task;
        Assert.Contains("already", (await host.Client.SendAsync(HttpMethod.Post, "/api/profile", null)).Problem(HttpStatusCode.Conflict), StringComparison.Ordinal);
        _profiler.Gate.SetResult();
        Assert.Equal(HttpStatusCode.OK, (await first).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await host.Client.PostAsync("/api/profile", content: null)).StatusCode);
    }

    [Fact]
    public async Task Delete_EndsItEarly_AndWhatThereIsIsSent()
    {
        await using var host = await StartAsync();
        (await host.Client.SendAsync(HttpMethod.Delete, "/api/profile", null)).Problem(HttpStatusCode.NotFound);
        var first = host.Client.PostAsync("/api/profile", content: null);
        await _profiler.Begun.Task;
        Assert.Equal(HttpStatusCode.NoContent, (await host.Client.SendAsync(HttpMethod.Delete, "/api/profile", null)).Status);
        Assert.Equal("trace of cpu", await (await first).Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task RunThatTheServerDoesNotDrive_IsRefused()
    {
        await using var host = await StartAsync();
        (await host.Client.SendAsync(HttpMethod.Post, "/api/profile?run=none", null)).Problem(HttpStatusCode.NotFound);
        await host.Home.RunAsync("""{"id":"ended","handler":{"name":"odd"},"source":{"kind":"range","start":0,"end":1}}""");
        Assert.Contains("not driven by this server", (await host.Client.SendAsync(HttpMethod.Post, "/api/profile?run=ended", null)).Problem(HttpStatusCode.Conflict), StringComparison.Ordinal);
        Assert.Null(_profiler.Asked);
    }

    [Fact]
    public async Task WhatCannotBeRecorded_IsSaid()
    {
        await using var host = await StartAsync();
        _profiler.Gate.SetException(new ServerException("the disk is full"));
        Assert.Contains("the disk is full", (await host.Client.SendAsync(HttpMethod.Post, "/api/profile", null)).Problem(HttpStatusCode.ServiceUnavailable), StringComparison.Ordinal);
    }

    [Fact]
    public async Task OnlyAdmin_MayAsk()
    {
        var key = "";
        await using var host = await ServerHost.StartAsync(home => key = ServerHost.AddKey(home, "ops", ApiRole.Operate), options => options with { Profiler = _profiler });
        using var operate = host.ClientWith(key);
        (await operate.SendAsync(HttpMethod.Post, "/api/profile", null)).Problem(HttpStatusCode.Forbidden);
        (await operate.SendAsync(HttpMethod.Get, "/api/doctor", null)).Problem(HttpStatusCode.Forbidden);
        Assert.Null(_profiler.Asked);
    }

    private Task<ServerHost> StartAsync() => ServerHost.StartAsync(options => options with { Profiler = _profiler });

    private sealed class FakeProfiler : IProfiler
    {
        public TaskCompletionSource Begun { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Gate { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public (string, TimeSpan)? Asked { get; private set; }

        public string Path { get; private set; } = "";

        public IReadOnlyList<string> Kinds => ["cpu", "alloc", "locks"];

        public async Task RecordAsync(string kind, TimeSpan duration, string path, CancellationToken stop)
        {
            Asked = (kind, duration);
            Path = path;
            Begun.TrySetResult();
            await using (stop.Register(() => Gate.TrySetResult()))
                await Gate.Task;
            await File.WriteAllTextAsync(path, $"trace of {kind}", CancellationToken.None);
        }

        public Task<string> DrawAsync(string kind, string path) => Task.FromResult($"<p>{kind}</p>");
    }
}
