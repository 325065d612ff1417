using System.Text.Json;
using Fanout.Azure.Queues;
using Fanout.Azure.Tests.Support;
using Fanout.Cli.Tests.Patterns.Support;
using Xunit;

namespace Fanout.Azure.Tests.Processes;

/// <summary>What README.md shows of storage accounts, typed as it stands there but for which account it is.</summary>
[Trait("Category", Categories.Azurite)]
[Collection(nameof(WholeRuns))]
public sealed class AzureReadmeTests : IDisposable
{
    private const string ItsAccount = "azure:UseDevelopmentStorage=true";

    private readonly Shell _shell = new();

    public void Dispose() => _shell.Dispose();

    [Fact]
    public async Task WorkersRunWhatTheCommandAndAMessageAskFor()
    {
        var azurite = await Azurite.SharedAsync();
        var hub = azurite.NewHub();
        var request = Readme.Blocks("json").Single();
        await hub.Queue(AzureRequestQueue.Name).CreateIfNotExistsAsync();
        await hub.Queue(AzureRequestQueue.Name).SendMessageAsync(request);
        var blocks = Readme.WithAnAccount();
        Assert.Equal(2, blocks.Count);
        Assert.Contains(ItsAccount, blocks[0], StringComparison.Ordinal);

        // What a block leaves running ends with the shell; the coordinator is done with the request when it says so.
        var ran = await _shell.RunAsync($"""
            trap 'jobs -p > pids; kill $(cat pids)' EXIT
            export FANOUT_HUB={hub.Hub}
            {blocks[0].Replace(ItsAccount, $"'azure:{azurite.ConnectionString}'", StringComparison.Ordinal)}
            mkfifo told
            {blocks[1]} > told &
            head -n 1 told
            """);

        Assert.Contains("Run squares succeeded: every item succeeded.", ran.Output, StringComparison.Ordinal);
        Assert.Matches(@"(?m)^  reduced +328350$", ran.Output);
        var asked = JsonElement.Parse(request);
        Assert.Contains($"Run {asked.GetProperty("id").GetString()} succeeded: every item succeeded.", ran.Output, StringComparison.Ordinal);
        var queue = hub.Queues.GetQueueClient(asked.GetProperty("onComplete").GetProperty("queue").GetString());
        var told = (await queue.ReceiveMessageAsync()).Value;
        var report = JsonElement.Parse(MessageText.Decode(told.MessageText));
        Assert.Equal((asked.GetProperty("id").GetString(), 100), (report.GetProperty("runId").GetString(), report.GetProperty("total").GetInt32()));
    }
}
