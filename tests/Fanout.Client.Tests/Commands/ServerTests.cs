using System.Text.Json.Nodes;
using Fanout.Client.Tests.Support;
using Fanout.Handlers;
using Fanout.Runs;
using Fanout.Specs;
using Xunit;
using CommandLine = Fanout.Cli.Tests.Support.Cli;

namespace Fanout.Client.Tests.Commands;

/// <summary>Every command against a server. They are here as the command's own tests run it as a program beside them, for which ASP.NET Core is no place.</summary>
public sealed class ServerTests : IAsyncLifetime, IDisposable
{
    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CommandLine _cli = new() { Clock = TimeProvider.System };
    private ApiServer _server = null!;

    private string Url => _server.Address.AbsoluteUri.TrimEnd('/');

    public async Task InitializeAsync() =>
        _server = await ApiServer.StartAsync(fanout => fanout
            .AddHandler<long, long>("odd", number => number % 2 == 1 ? number * 2 : throw new InvalidOperationException("even"))
            .AddHandler<long>("gate", async (_, cancellationToken) => await _open.Task.WaitAsync(cancellationToken)));

    public async Task DisposeAsync()
    {
        _open.TrySetResult();
        await _server.DisposeAsync();
    }

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task Run_StartsThere_WaitsHere_AndPrintsTheReport()
    {
        // The command line's own registry has no handler of that name.
        Assert.Equal(1, await RunAsync("run", "--id", "nightly", "--range", "0..6", "--handler", "odd", "--reduce", "sum"));
        Assert.StartsWith("Run nightly completed with failures", _cli.Output, StringComparison.Ordinal);
        Assert.Contains("  items     6: 3 succeeded, 3 failed\n", _cli.Output, StringComparison.Ordinal);
        Assert.Contains("  reduced   18\n", _cli.Output, StringComparison.Ordinal);
        Assert.Contains($"  read them: fanout results nightly --server {Url}\n", _cli.Output, StringComparison.Ordinal);
        Assert.Contains("Run nightly is started.", _cli.Error, StringComparison.Ordinal);
        Assert.Null(_cli.Home.Options);
        Assert.Equal(1, await RunAsync("run", "--id", "nightly", "--range", "0..6", "--handler", "odd", "--reduce", "sum"));
        Assert.Contains("Run nightly exists; going on with it.", _cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_OfACommand_IsRunThere()
    {
        Assert.Equal(0, await RunAsync("run", "--items", "a", "b", "--json", "--quiet", "--", "echo", "{}"));
        Assert.Equal(2, JsonNode.Parse(_cli.Output)!["tally"]!["succeeded"]!.GetValue<int>());
    }

    [Fact]
    public async Task Refusals_NameTheFlags()
    {
        Assert.Equal(2, await RunAsync("run", "--range", "0..6", "--handler", "od", "--concurrency", "0"));
        Assert.StartsWith("fanout: --handler: \"od\" is not a registered handler. Did you mean \"odd\"? Registered: ", _cli.Error, StringComparison.Ordinal);
        Assert.StartsWith("fanout: --concurrency: 0 is too small", _cli.Error.Split('\n')[1], StringComparison.Ordinal);
        await RunAsync("run", "--id", "gated", "--range", "0..6", "--handler", "odd");
        Assert.Equal(2, await RunAsync("run", "--id", "gated", "--range", "0..7", "--handler", "odd"));
        Assert.Contains("'gated' exists with another spec", _cli.Error, StringComparison.Ordinal);
        Assert.Equal(2, await RunAsync("plan", "--lines", "none.txt", "--handler", "odd"));
        Assert.Equal(2, await RunAsync("status", "none"));
        Assert.Contains("There is no run 'none' here.", _cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StopWhileWaiting_LeavesTheRunToTheServer()
    {
        using var cli = new CommandLine { Clock = TimeProvider.System };
        var running = cli.RunAsync("run", "--id", "gated", "--range", "0..4", "--handler", "gate", "--server", Url);
        while (await RunAsync("status", "gated") != 0 || cli.Signals.Announce is null)
            await Task.Yield();
        cli.Signals.Signal();
        Assert.Equal(130, await running);
        Assert.Contains("No longer watching; the run goes on at the server.\n", cli.Error, StringComparison.Ordinal);
        Assert.EndsWith(
            $"Run gated goes on at the server.\n  see it with: fanout status gated --server {Url}\n  end it with: fanout cancel gated --server {Url}\n", cli.Error, StringComparison.Ordinal);
        _open.TrySetResult();
        Assert.Equal(4, (await _server.Home.Driver.WaitAsync("gated", CancellationToken.None)).Tally.Succeeded);
    }

    [Fact]
    public async Task Pause_Retune_Resume_Cancel()
    {
        await StartAsync("gated", "gate", 8);
        Assert.Equal(0, await RunAsync("pause", "gated"));
        Assert.Equal($"Run gated is paused. Resume it with: fanout resume gated --server {Url}\n", _cli.Output);
        Assert.Equal(0, await RunAsync("retune", "gated", "--concurrency", "3", "--rate", "200/s", "--tolerate", "5%", "--weight", "2"));
        Assert.EndsWith("Run gated is retuned: 3 at once, 200/s, weight 2, tolerates 5%.\n", _cli.Output, StringComparison.Ordinal);
        Assert.Equal(2, await RunAsync("retune", "gated", "--concurrency", "0", "--tolerate", "x"));
        Assert.Contains("fanout: --concurrency: 0 is too small", _cli.Error, StringComparison.Ordinal);
        Assert.Contains("fanout: --tolerate: ", _cli.Error, StringComparison.Ordinal);
        Assert.Equal(0, await RunAsync("status", "gated"));
        Assert.Contains("  may use    3 at once, 200/s, burst 20, weight 2, tolerates 5%\n", _cli.Output, StringComparison.Ordinal);

        _open.TrySetResult();
        Assert.Equal(0, await RunAsync("resume", "gated"));
        Assert.Contains("Run gated succeeded", _cli.Output, StringComparison.Ordinal);
        Assert.Equal(2, await RunAsync("resume", "gated"));
        Assert.Equal(2, await RunAsync("cancel", "gated"));
        Assert.Contains("has ended", _cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancel_WaitsForTheEnd()
    {
        await StartAsync("gated", "gate", 8);
        Assert.Equal(0, await RunAsync("cancel", "gated"));
        Assert.StartsWith("Run gated was cancelled.", _cli.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_Results_Redrive_Purge()
    {
        Assert.Equal(0, await RunAsync("list"));
        Assert.Equal("No runs.\n", _cli.Output);
        await RunAsync("run", "--id", "nightly", "--range", "0..4", "--handler", "odd", "--quiet");
        Assert.Equal(0, await RunAsync("list", "--status", "completedwithfailures"));
        Assert.Contains("nightly completed with failures 4/4  2", _cli.Output, StringComparison.Ordinal);
        Assert.Equal(0, await RunAsync("results", "nightly", "--failed"));
        Assert.Equal(["0", "2"], _cli.Printed.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!["index"]!.ToString()));
        Assert.Equal(1, await RunAsync("redrive", "nightly", "--id", "again", "--only", "failed", "--concurrency", "1", "--quiet"));
        Assert.Contains("Run again completed with failures", _cli.Output, StringComparison.Ordinal);
        Assert.Equal(1, JsonNode.Parse((await _server.Home.Client.GetAsync("again", default)).SpecJson)!["flow"]!["concurrency"]!.GetValue<int>());

        Assert.Equal(0, await RunAsync("purge", "again"));
        Assert.Equal(0, await RunAsync("purge", "--older-than", "0s"));
        Assert.EndsWith("Purged 1 run.\nPurged 1 run.\n", _cli.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ResultsFollow_EndsWithTheRun()
    {
        await StartAsync("gated", "gate", 4);
        var following = RunAsync("results", "gated", "--follow");
        _open.TrySetResult();
        Assert.Equal(0, await following);
        Assert.Equal(4, _cli.Printed.Count(c => c == '\n'));
    }

    [Fact]
    public async Task Limits()
    {
        Assert.Equal(0, await RunAsync("limit", "set", "crm-api", "--concurrency", "20", "--rate", "100/s"));
        Assert.Equal("Limit crm-api is set: 20 at once, 100/s, burst 10.\n", _cli.Output);
        Assert.Equal(0, await RunAsync("limit", "list", "--json"));
        Assert.Contains("""{"name":"crm-api","concurrency":20,"rate":"100/s","burst":10,"wanted":0,"granted":0,"runs":[]}""", _cli.Output, StringComparison.Ordinal);
        Assert.Equal(0, await RunAsync("limit", "remove", "crm-api"));
        Assert.Equal(2, await RunAsync("limit", "remove", "crm-api"));
        Assert.Contains("There is no limit 'crm-api' here.", _cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plan_AndSchema_AreTheServers()
    {
        Assert.Equal(0, await RunAsync("plan", "--range", "0..1000", "--handler", "odd", "--rate", "10/s"));
        Assert.Contains("  items    1,000\n", _cli.Output, StringComparison.Ordinal);
        Assert.Equal(0, await RunAsync("schema"));
        Assert.EndsWith(SpecSchema.Text.TrimEnd() + "\n", _cli.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PlanForAzure_IsMadeThere_WithPricesFromHere()
    {
        var prices = Path.Combine(Directory.CreateTempSubdirectory("fanout-prices-").FullName, "prices.json");
        await File.WriteAllTextAsync(prices, """{"stateTransition":{"usd":12.5,"per":1000000,"source":"https://example.org/a b"}}""");
        Assert.Equal(0, await RunAsync("plan", "--range", "0..1000000", "--handler", "odd", "--dispatch", "queue", "--target", "azure", "--item-time", "20ms", "--prices", prices));
        Assert.Contains("1 given", _cli.Output, StringComparison.Ordinal);
        Assert.Contains("an item takes 20ms", _cli.Output, StringComparison.Ordinal);
        Assert.EndsWith("25.00", Assert.Single(_cli.Output.Split('\n'), line => line.Contains("standard workflows", StringComparison.Ordinal)).TrimEnd(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatWorksInThisProcess_RefusesAServer()
    {
        Assert.Equal(2, await RunAsync("coordinate"));
        Assert.Contains("--server: coordinate works in this process", _cli.Error, StringComparison.Ordinal);
        Assert.Equal(2, await RunAsync("worker"));
        Assert.Contains("--server: worker works in this process", _cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StandardInput_IsNotTheServers()
    {
        Assert.Equal(2, await RunAsync("run", "--lines", "-", "--handler", "odd"));
        Assert.Contains("standard input is this command's", _cli.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--home", "h")]
    [InlineData("--storage", "azure:a")]
    [InlineData("--hub", "h")]
    public async Task ServerAndHome_ContradictEachOther(string flag, string value)
    {
        Assert.Equal(2, await RunAsync("list", flag, value));
        Assert.Equal($"fanout: --server and {flag}: runs are at a server, or in a home. Give one of them.\n", _cli.Error);
    }

    [Fact]
    public async Task Variables_AreTheDefaults_AndATypedHomeGoesBeforeThem()
    {
        _cli.Variables["FANOUT_SERVER"] = Url;
        _cli.Variables["FANOUT_HOME"] = "missing";
        await StartAsync("gated", "gate", 1);
        Assert.Equal(0, await _cli.RunAsync("pause", "gated"));
        Assert.Equal("Run gated is paused. Resume it with: fanout resume gated\n", _cli.Output);
        Assert.Equal(2, await _cli.RunAsync("status", "gated", "--home", "missing-too"));
        Assert.Contains("there is no home at", _cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Key_ComesFromAVariable_AndIsNeverShown()
    {
        await using var locked = await ApiServer.StartAsync(key: "s3cret");
        Assert.Equal(2, await _cli.RunAsync("list", "--server", locked.Address.AbsoluteUri));
        Assert.Contains("as this takes a key with the role read: There is no key, or one that is not known here.\nPut the key into the environment variable FANOUT_KEY, or name another with --key-from.", _cli.Error, StringComparison.Ordinal);
        Assert.Equal(2, await _cli.RunAsync("list", "--server", locked.Address.AbsoluteUri, "--key-from", "MINE"));
        Assert.Contains("--key-from: the environment variable MINE is not set.", _cli.Error, StringComparison.Ordinal);
        _cli.Variables["MINE"] = "s3cret";
        Assert.Equal(0, await _cli.RunAsync("list", "--server", locked.Address.AbsoluteUri, "--key-from", "MINE"));
        _cli.Variables["MINE"] = "s3cret\n";
        Assert.Equal(2, await _cli.RunAsync("list", "--server", locked.Address.AbsoluteUri, "--key-from", "MINE"));
        Assert.Equal(2, await _cli.RunAsync("list", "--key-from", "MINE"));
        Assert.DoesNotContain("s3cret", _cli.Output + _cli.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("localhost:8080")]
    [InlineData("http://user:s3cret@localhost/")]
    [InlineData("nothing")]
    public async Task Url_ThatIsNone_IsRefused(string url)
    {
        Assert.Equal(2, await _cli.RunAsync("list", "--server", url));
        Assert.StartsWith("fanout: --server, --key-from: The server's URL", _cli.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", _cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ServerThatIsAway_IsToldSoon()
    {
        Assert.Equal(3, await _cli.RunAsync("run", "--id", "nightly", "--range", "0..1", "--handler", "odd", "--server", "http://127.0.0.1:9"));
        Assert.Contains("Run nightly may have been started nevertheless. See with: fanout status nightly --server http://127.0.0.1:9\n", _cli.Error, StringComparison.Ordinal);
        Assert.Contains("fanout: http://127.0.0.1:9/ cannot be reached: ", _cli.Error, StringComparison.Ordinal);
    }

    private Task<int> RunAsync(params string[] args)
    {
        var exec = Array.IndexOf(args, "--");
        return _cli.RunAsync(exec < 0 ? [.. args, "--server", Url] : [.. args[..exec], "--server", Url, .. args[exec..]]);
    }

    private async Task StartAsync(string id, string handler, int items)
    {
        using var client = _server.Connect();
        await client.StartAsync(new RunSpec { Id = id, Handler = new HandlerSpec(handler), Source = new RangeSourceSpec { Start = 0, End = items } });
    }
}
