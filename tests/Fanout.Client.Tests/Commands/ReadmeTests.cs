using System.Text.RegularExpressions;
using Fanout.Cli.Tests.Patterns.Code;
using Fanout.Cli.Tests.Patterns.Support;
using Fanout.Client.Tests.Support;
using Fanout.Handlers;
using Xunit;
using CommandLine = Fanout.Cli.Tests.Support.Cli;

namespace Fanout.Client.Tests.Commands;

/// <summary>What README.md shows of servers, against one.</summary>
public sealed partial class ReadmeTests
{
    private const string Shown = "http://localhost:8430";

    [Fact]
    public async Task Commands_Succeed()
    {
        await using var server = await ApiServer.StartAsync();
        using var cli = new CommandLine { Clock = TimeProvider.System };
        foreach (var line in Block().Match(Repository.Readme).Groups[1].Value.Split('\n'))
        {
            if (line == $"export FANOUT_SERVER={Shown}")
                cli.Variables["FANOUT_SERVER"] = server.Address.AbsoluteUri;
            else
                Assert.Equal((line, 0, ""), (line, await cli.RunAsync([.. line.Split(' ').Skip(1)]), cli.Error.Replace("Run nightly is started.\n", "", StringComparison.Ordinal)));
        }

        Assert.Contains("100: 100 succeeded", cli.Output, StringComparison.Ordinal);
        Assert.EndsWith("Purged 1 run.\n", cli.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Client_StartsWatchesAndReads()
    {
        await using var server = await ApiServer.StartAsync(fanout => fanout.AddHandler<int, int>("double", number => number * 2), key: "k3y");
        await AtServer.RunAsync(server.Address, "k3y", CancellationToken.None);
        var report = (await server.Home.Client.GetAsync("doubles", CancellationToken.None)).Report!;
        Assert.Equal("420", report.Reduced!.Value.GetRawText());
    }

    [GeneratedRegex("<!-- server -->\n```sh\n(.*?)\n```", RegexOptions.Singleline)]
    private static partial Regex Block();
}
