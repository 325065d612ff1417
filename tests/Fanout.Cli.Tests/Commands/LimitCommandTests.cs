using System.Text.Json.Nodes;
using Fanout.Cli.Tests.Support;
using Fanout.Flow;
using Xunit;

namespace Fanout.Cli.Tests.Commands;

public class LimitCommandTests
{
    private static readonly LimitSpec Crm = new("crm-api", 20, Rate.Parse("100/s"), 10);

    private static readonly LimitLedger Shared = new(Crm)
    {
        Holdings =
        [
            new LimitHolding("a", DateTimeOffset.MaxValue, 12, 6, [new LimitRunShare("nightly", 0.5, 30, 8), new LimitRunShare("hourly", 2, 4, 4)]),
            new LimitHolding("b", DateTimeOffset.MaxValue, 8, 4, [new LimitRunShare("nightly", 0.5, 10, 8)]),
        ],
    };

    [Theory]
    [InlineData("--concurrency 20 --rate 100/s --burst 5", "Limit crm-api is set: 20 at once, 100/s, burst 5.\n")]
    [InlineData("--rate 100/min", "Limit crm-api is set: 100/min.\n")]
    [InlineData("--concurrency 1_000", "Limit crm-api is set: 1,000 at once.\n")]
    public async Task Set_SaysWhatItAllows(string flags, string said)
    {
        using var cli = new Support.Cli();
        Assert.Equal(0, await cli.RunAsync(["limit", "set", "crm-api", .. flags.Split(' ')]));
        Assert.Equal(said, cli.Output);
    }

    [Fact]
    public async Task Set_PutsTheWholeLimitInPlace()
    {
        using var cli = new Support.Cli();
        cli.Home.Limits.Ledgers["crm-api"] = Shared;

        Assert.Equal(0, await cli.RunAsync("limit", "set", "crm-api", "--rate", "100/s"));

        Assert.Equal(Crm with { Concurrency = null }, cli.Home.Limits.Ledgers["crm-api"].Limit);
        Assert.Equal(Shared.Holdings, cli.Home.Limits.Ledgers["crm-api"].Holdings);
    }

    [Theory]
    [InlineData("limit", "limit: what to do is missing", "set, list or remove")]
    [InlineData("limit ste", "limit ste is no command", "Did you mean set?")]
    [InlineData("limit set", "NAME is missing", "limit set --help")]
    [InlineData("limit set crm-api", "there is nothing to limit", "--concurrency")]
    [InlineData("limit set crm-api --concurrency 0", "--concurrency: 0 is too small", "1 to 100,000")]
    [InlineData("limit set crm-api --concurrency many", "--concurrency: \"many\" is not a whole number")]
    [InlineData("limit set crm-api --rate fast", "--rate: \"fast\" is not a rate")]
    [InlineData("limit set crm-api --concurrency 5 --burst 3", "--burst: 3 needs a rate")]
    [InlineData("limit set .crm --concurrency 5", "NAME: \".crm\" is not a limit's name")]
    [InlineData("limit set crm-api --concurency 5", "--concurency is no option of limit set", "Did you mean --concurrency?")]
    [InlineData("limit remove", "NAME is missing", "limit remove --help")]
    [InlineData("limit remove other", "There is no limit 'other' here")]
    [InlineData("limit remove crm-api --home missing", "There is no limit crm-api: there is no home at")]
    public async Task WhatCannotBe_IsRefused(string line, params string[] words)
    {
        using var cli = new Support.Cli();
        Assert.Equal(2, await cli.RunAsync(line.Split(' ')));
        Assert.All(words, word => Assert.Contains(word, cli.Error, StringComparison.Ordinal));
    }

    [Fact]
    public async Task List_ShowsWhoHasWhatShare()
    {
        using var cli = new Support.Cli();
        cli.Home.Limits.Ledgers["crm-api"] = Shared;
        cli.Home.Limits.Ledgers["mail"] = new LimitLedger(new LimitSpec("mail", null, Rate.Parse("5/min"), 1));

        Assert.Equal(0, await cli.RunAsync("limit", "list"));

        Assert.Equal(
            [
                "LIMIT CONCURRENCY RATE BURST WEIGHT WANTED GRANTED",
                "crm-api 20 100/s 10 44 20",
                "hourly 2 4 4",
                "nightly 0.5 40 16",
                "mail 5/min 1 0 0",
            ],
            cli.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries))));
    }

    [Fact]
    public async Task List_InJson_IsAnArrayWithTheRuns()
    {
        using var cli = new Support.Cli();
        cli.Home.Limits.Ledgers["crm-api"] = Shared;

        Assert.Equal(0, await cli.RunAsync("limit", "list", "--json"));

        Assert.Equal(
            """[{"name":"crm-api","concurrency":20,"rate":"100/s","burst":10,"wanted":44,"granted":20,"runs":[{"runId":"hourly","weight":2,"wanted":4,"granted":4},"""
            + """{"runId":"nightly","weight":0.5,"wanted":40,"granted":16}]}]""",
            JsonNode.Parse(cli.Output)!.ToJsonString());
    }

    [Theory]
    [InlineData("limit list", "No limits.\n")]
    [InlineData("limit list --home missing", "No limits.\n")]
    [InlineData("limit list --json --home missing", "[]\n")]
    public async Task List_OfNone_SaysSo(string line, string said)
    {
        using var cli = new Support.Cli();
        Assert.Equal(0, await cli.RunAsync(line.Split(' ')));
        Assert.Equal(said, cli.Output);
    }

    [Fact]
    public async Task Remove_Removes()
    {
        using var cli = new Support.Cli();
        cli.Home.Limits.Ledgers["crm-api"] = Shared;

        Assert.Equal(0, await cli.RunAsync("limit", "remove", "crm-api"));

        Assert.Equal("Limit crm-api is removed.\n", cli.Output);
        Assert.Empty(cli.Home.Limits.Ledgers);
    }

    [Fact]
    public async Task Help_ShowsTheCommandsAndTheirFullNames()
    {
        using var cli = new Support.Cli();
        Assert.Equal(0, await cli.RunAsync("limit", "--help"));
        Assert.Equal(0, await cli.RunAsync("limit", "set", "--help"));
        Assert.Contains("Usage: fanout limit set|list|remove", cli.Output, StringComparison.Ordinal);
        Assert.Contains("remove  Remove a limit", cli.Output, StringComparison.Ordinal);
        Assert.Contains("Usage: fanout limit set NAME [--concurrency N]", cli.Output, StringComparison.Ordinal);
        Assert.Contains("fanout limit set crm-api --concurrency 20", cli.Output, StringComparison.Ordinal);
    }
}
