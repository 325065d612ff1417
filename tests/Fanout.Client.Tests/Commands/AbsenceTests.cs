using System.Net;
using System.Text;
using Fanout.Cli.Remote;
using Fanout.Client.Tests.Support;
using Xunit;
using CommandLine = Fanout.Cli.Tests.Support.Cli;

namespace Fanout.Client.Tests.Commands;

/// <summary>A run of a server that is away for a while, or for good.</summary>
public sealed class AbsenceTests : IDisposable
{
    private readonly ScriptedHandler _server = new();
    private readonly CommandLine _cli;

    public AbsenceTests() => _cli = new CommandLine
    {
        OpenServer = _ => new RemoteHome(_server.Connect(change: options => new FanoutClientOptions
        {
            BaseAddress = options.BaseAddress,
            Time = _cli!.Time,
            AttemptTimeout = TimeSpan.Zero, // Its clock hurries.
            MaxAttempts = 1,
            Patience = TimeSpan.Zero,
        })),
    };

    public void Dispose()
    {
        _cli.Dispose();
        _server.Dispose();
    }

    [Fact]
    public async Task ServerThatComesBack_IsWaitedFor()
    {
        _server.Then(HttpStatusCode.Accepted, Run(isOver: false)).Then(HttpStatusCode.OK, Run(isOver: false))
            .ThenBreak().ThenBreak().ThenProblem(HttpStatusCode.ServiceUnavailable, "Its storage is away.")
            .Then(HttpStatusCode.OK, Run(isOver: true));
        Assert.Equal(0, await _cli.RunAsync("run", "--id", "nightly", "--range", "0..4", "--handler", "noop", "--server", "http://fanout.test"));
        Assert.Contains("The server is away; the run is watched again when it is back within 10 min: http://fanout.test/base/ cannot be reached: Connection refused\n", _cli.Error, StringComparison.Ordinal);
        Assert.Contains("within 10 min: Its storage is away.\n", _cli.Error, StringComparison.Ordinal);
        Assert.StartsWith("Run nightly succeeded", _cli.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ServerThatDoesNot_IsGivenUp_AndItIsSaidThatTheRunIsThere()
    {
        _server.Then(HttpStatusCode.Accepted, Run(isOver: false)).Then(HttpStatusCode.OK, Run(isOver: false));
        foreach (var _ in Enumerable.Range(0, 200))
            _server.ThenBreak();
        Assert.Equal(3, await _cli.RunAsync("run", "--id", "nightly", "--range", "0..4", "--handler", "noop", "--server", "http://fanout.test", "--quiet"));
        Assert.EndsWith(
            "fanout: http://fanout.test/base/ cannot be reached: Connection refused\n"
            + "Run nightly is the server's, and goes on with it. See it with: fanout status nightly --server http://fanout.test\n", _cli.Error, StringComparison.Ordinal);
    }

    private static string Run(bool isOver) => new StringBuilder($$"""
        {"id":"nightly","status":"{{(isOver ? "Succeeded" : "Running")}}","created":true,"createdAt":"2026-11-23T12:00:00+00:00","control":{"version":0,"paused":false},
        "allotment":{"concurrency":4,"burst":1},"spec":{"handler":{"name":"noop"},"source":{"kind":"range"} },"results":"/r"
        """).Append(isOver ? ""","report":{"runId":"nightly","status":"Succeeded","reason":"AllItemsSucceeded","total":4,"tally":{"succeeded":4,"errors":[]}}""" : "").Append('}').ToString();
}
