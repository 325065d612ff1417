using System.Text.Json.Nodes;
using Fanout.Runs;
using Fanout.Sources;
using Xunit;

namespace Fanout.Cli.Tests.Commands;

public sealed class PlanTargetTests : IDisposable
{
    private static readonly string[] Plan = ["plan", "--range", "0..1000000", "--handler", "echo", "--concurrency", "64"];

    private readonly Support.Cli _cli = new();
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("fanout-prices-");

    public PlanTargetTests() =>
        _cli.Home.Preview = new PlanPreview(1_000_000, 1, 4, 64, new Allotment(64, null, 1), null, "") { Source = new SourcePlan(1_000_000, null) };

    public void Dispose()
    {
        _cli.Dispose();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public async Task Target_AddsATableOfWhatItWouldTake()
    {
        Assert.Equal(0, await _cli.RunAsync([.. Plan, "--target", "azure", "--item-time", "20ms"]));
        var lines = _cli.Output.Split('\n');
        Assert.Equal("Nothing was started. A run of this would:", lines[0]);
        // Planned as in Azure, where each lane may be in another process and has several items at once.
        Assert.Contains("  lanes    16 in 1 branch", lines);
        Assert.Contains("In Azure, where an item takes 20ms, it would take about:", lines);
        Assert.Contains(lines, line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is ["TIME", "ACTIVITIES", "ORCHESTRATIONS", "STORAGE", "ACTIONS", "USD"]);
        foreach (var option in new[] { "Fanout, Azure Storage", "Fanout, Durable Task Scheduler", "an activity an item, Azure Storage", "Distributed Map, standard workflows", "Distributed Map, express workflows" })
            Assert.Contains(lines, line => line.StartsWith($"  {option} ", StringComparison.Ordinal));
        Assert.Contains("1,000,000", Assert.Single(lines, line => line.Contains("an activity an item", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.EndsWith("50.00", Assert.Single(lines, line => line.Contains("standard workflows", StringComparison.Ordinal)).TrimEnd(), StringComparison.Ordinal);
        Assert.Contains("prices   in US dollars of 2026-", _cli.Output, StringComparison.Ordinal);
        Assert.All(lines, line => Assert.InRange(line.TrimEnd().Length, 0, 140));
        Assert.Empty(_cli.Home.Started);
    }

    [Fact]
    public async Task WithoutAnItemTime_TheAssumptionIsSaid()
    {
        Assert.Equal(0, await _cli.RunAsync([.. Plan, "--target", "azure"]));
        Assert.Contains("an item is assumed to take 100ms (--item-time", _cli.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AsJson_ThePlanHasTheFiguresAndThePricesWithTheirSources()
    {
        Assert.Equal(0, await _cli.RunAsync([.. Plan, "--dispatch", "queue", "--target", "azure", "--json"]));
        var plan = JsonNode.Parse(_cli.Output)!;
        Assert.Equal(1_000_000, plan["items"]!.GetValue<long>());
        Assert.Null(plan["source"]);
        var azure = plan["azure"]!;
        Assert.Equal(("100ms", true), (azure["itemTime"]!.GetValue<string>(), azure["isAssumed"]!.GetValue<bool>()));
        var first = azure["options"]![0]!;
        Assert.Equal("FanoutOnAzureStorage", first["option"]!.GetValue<string>());
        Assert.True(first["storage"]!["queue"]!.GetValue<double>() > 0);
        Assert.Equal(first["usd"]!["total"]!.GetValue<double>(), first["usd"]!["storage"]!.GetValue<double>() + first["usd"]!["compute"]!.GetValue<double>(), 9);
        Assert.Equal("2026-03-14", azure["prices"]!["stateTransition"]!["asOf"]!.GetValue<string>());
        Assert.StartsWith("https://", azure["prices"]!["blobWrite"]!["source"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Prices_ReplaceTheBuiltInOnes()
    {
        var file = Write("""{ "stateTransition": { "usd": 12.5, "per": 1000000 } }""");
        Assert.Equal(0, await _cli.RunAsync([.. Plan, "--target", "azure", "--prices", file]));
        Assert.EndsWith("25.00", Assert.Single(_cli.Output.Split('\n'), line => line.Contains("standard workflows", StringComparison.Ordinal)).TrimEnd(), StringComparison.Ordinal);
        Assert.Contains("1 given", _cli.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--target: \"aws\" is not a target", "--target", "aws")]
    [InlineData("--item-time: \"soon\" is not a duration from 0s to 24h. Write a number", "--target", "azure", "--item-time", "soon")]
    [InlineData("--item-time: \"2d\" is not a duration", "--target", "azure", "--item-time", "2d")]
    [InlineData("--item-time: says something of a target, and there is none. Add --target azure.", "--item-time", "1s")]
    [InlineData("--prices: says something of a target", "--prices", "p.json")]
    [InlineData("--prices: there is no file nowhere.json", "--target", "azure", "--prices", "nowhere.json")]
    public async Task WrongTarget_IsRefused(string message, params string[] flags)
    {
        Assert.Equal(2, await _cli.RunAsync([.. Plan, .. flags]));
        Assert.StartsWith($"fanout: {message}", _cli.Error, StringComparison.Ordinal);
        Assert.Empty(_cli.Output);
    }

    [Fact]
    public async Task WrongPrices_AreRefused_EachWithItsFieldAndARemedy()
    {
        var file = Write("""{ "blobRead": { "usd": "cheap" }, "tableOperation": {} }""");
        Assert.Equal(2, await _cli.RunAsync([.. Plan, "--target", "azure", "--prices", file]));
        var lines = _cli.Error.TrimEnd().Split('\n');
        Assert.Equal(2, lines.Length);
        Assert.StartsWith($"fanout: {file}: /blobRead/usd: \"cheap\" is not a number", lines[0], StringComparison.Ordinal);
        Assert.StartsWith($"fanout: {file}: /tableOperation/usd: is missing, and there is no default. Add ", lines[1], StringComparison.Ordinal);
    }

    private string Write(string json)
    {
        var file = Path.Combine(_directory.FullName, "prices.json");
        File.WriteAllText(file, json);
        return file;
    }
}
