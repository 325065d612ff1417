using System.Text.Json.Nodes;
using Fanout.Embedded;
using Fanout.Handlers;
using Fanout.Runs;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Fanout.Cli.Tests;

/// <summary>The command line over a real home in a directory of its own.</summary>
public sealed class EndToEndTests : IAsyncLifetime
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("fanout-cli-");
    private readonly HashSet<long> _failing = [3, 4];
    private readonly ServiceProvider _services;

    // What handling an item waits for, for tests that act in the middle of a run.
    private Func<long, CancellationToken, Task> _onItem = (_, _) => Task.CompletedTask;

    public EndToEndTests()
    {
        var services = new ServiceCollection();
        services.AddFanout().AddHandler<long, long>("square", async (n, cancellationToken) =>
        {
            await _onItem(n, cancellationToken);
            return _failing.Contains(n) ? throw new InvalidOperationException($"{n} is refused") : n * n;
        });
        _services = services.BuildServiceProvider();
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _services.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public async Task WhatFailed_IsReportedReadAndRedriven()
    {
        using var run = Open();
        Assert.Equal(1, await run.RunAsync("run", "--id", "first", "--range", "0..10", "--handler", "square", "--reduce", "sum", "--json", "--quiet"));
        var report = JsonNode.Parse(run.Output)!;
        Assert.Equal(8, report["tally"]!["succeeded"]!.GetValue<int>());
        Assert.Equal(285 - 9 - 16, report["reduced"]!.GetValue<int>());

        using var results = Open();
        Assert.Equal(0, await results.RunAsync("results", "first", "--failed"));
        Assert.Equal([3, 4], results.Printed.TrimEnd().Split('\n').Select(l => JsonNode.Parse(l)!["index"]!.GetValue<int>()));

        _failing.Clear();
        using var redrive = Open();
        Assert.Equal(0, await redrive.RunAsync("redrive", "first", "--id", "second"));
        Assert.Contains("2: 2 succeeded", redrive.Output, StringComparison.Ordinal);
        Assert.Contains("25", redrive.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnInterruptedRun_IsContinuedByTheSameId_AndEveryItemCountsOnce()
    {
        _failing.Clear();
        string[] args = ["run", "--id", "long", "--range", "0..2000", "--handler", "square", "--concurrency", "1", "--reduce", "count", "--home", _directory.FullName];
        using var first = Open();
        _onItem = (n, cancellationToken) => n == 500 ? InterruptAsync(first, cancellationToken) : Task.CompletedTask;
        Assert.Equal(130, await first.RunAsync(args));
        Assert.Contains("Continue it with: fanout resume long", first.Error, StringComparison.Ordinal);

        _onItem = (_, _) => Task.CompletedTask;
        using var second = Open();
        Assert.Equal(0, await second.RunAsync([.. args, "--json"]));
        Assert.Equal(2_000, JsonNode.Parse(second.Output)!["reduced"]!.GetValue<int>());
    }

    [Fact]
    public async Task ACancelledRun_StaysCancelled()
    {
        using var run = Open();
        _onItem = (_, cancellationToken) => InterruptAsync(run, cancellationToken);
        Assert.Equal(130, await run.RunAsync("run", "--id", "x", "--range", "0..2000", "--handler", "square", "--concurrency", "1"));

        using var cancel = Open();
        Assert.Equal(0, await cancel.RunAsync("cancel", "x"));
        using var again = Open();
        Assert.Equal(2, await again.RunAsync("cancel", "x"));
        using var status = Open();
        Assert.Equal(0, await status.RunAsync("status", "x", "--json"));
        Assert.Equal("Cancelled", JsonNode.Parse(status.Output)!["status"]!.GetValue<string>());
    }

    // Ctrl+C twice, with an item in flight that lasts until it is cancelled.
    private static Task InterruptAsync(Support.Cli cli, CancellationToken cancellationToken)
    {
        cli.Signals.Signal();
        cli.Signals.Signal();
        return Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
    }

    private Support.Cli Open()
    {
        var cli = new Support.Cli
        {
            Clock = TimeProvider.System,
            Registry = _services.GetRequiredService<FanoutRegistry>(),
            OpenHome = async options => await EmbeddedFanout.OpenAsync(options with { Path = _directory.FullName }, _services),
        };
        return cli;
    }
}
