using System.Text.Json;
using Xunit;

namespace Fanout.Cli.Tests.Processes;

/// <summary>A disk that fills up, or is taken away, and is given back.</summary>
public sealed class DiskTests
{
    private const int Items = 60_000;

    // A limit on the size of files also stops the runtime's own mapping of code, which is a file to the kernel.
    private static readonly Dictionary<string, string> Variables = new() { ["DOTNET_EnableWriteXorExecute"] = "0" };

    [Fact]
    public Task DiskThatFillsUp_LosesNothingAndTheSameCommandGoesOn() => FillAsync(new SmallDisk(16), [16, 90, 160, 300, 700, 1_500, 3_000]);

    [Fact]
    public Task FilesThatMayNotGrow_LoseNothingAndTheSameCommandGoesOn() => FillAsync(new SmallDisk(16, mounted: false), [16, 100, 400]);

    private static async Task FillAsync(SmallDisk smallDisk, int[] sizes)
    {
        using var disk = smallDisk;
        var home = Path.Combine(disk.Path, "home");
        string[] command = ["run", "--range", $"0..{Items}", "--handler", "noop", "--id", "r", "--home", home, "--checkpoint", "50ms", "--lanes", "1", "--quiet"];
        var interrupted = 0;
        // Space runs out while the home is created, the database written, a part appended to, a checkpoint replaced.
        foreach (var kilobytes in sizes)
        {
            disk.Resize(kilobytes);
            var failed = (await AppProcess.RunAsync(AppProcess.Fanout, command, Variables, disk.Before)).AssertCode(3);
            Assert.Contains(disk.Path, failed.Error, StringComparison.Ordinal);
            Assert.Matches("(Free some|its free) space, then|Raise the limit", failed.Error);
            interrupted += failed.Error.Contains("Run r can be continued when this is mended: fanout resume r", StringComparison.Ordinal) ? 1 : 0;
        }

        Assert.InRange(interrupted, 1, sizes.Length);
        disk.Resize(disk.IsMounted ? 100_000 : 0);
        (await AppProcess.RunAsync(AppProcess.Fanout, command, Variables)).AssertCode(0);
        var results = await AppProcess.RunAsync(AppProcess.Fanout, ["results", "r", "--home", home]);
        Assert.Equal(
            Enumerable.Range(0, Items),
            results.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line).GetProperty("index").GetInt32()));
    }
}
