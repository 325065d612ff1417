using System.Text;
using Xunit;

namespace Fanout.Cli.Tests.Processes;

/// <summary>Homes that cannot be used: each says why and what to do, with exit code 3, and is left as it is.</summary>
public sealed class UnusableHomeTests : IDisposable
{
    private const int UserVersionOffset = 60; // https://sqlite.org/fileformat.html#the_database_header

    private readonly ProcessHome _home = new();

    private string Database => Path.Combine(_home.Path, "fanout.db");

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task ReadOnlyHome_IsSaidAndTheRunGoesOnOnceItIsWritable()
    {
        using var disk = new SmallDisk(20_000);
        var home = Path.Combine(disk.Path, "home");
        string[] command = ["run", "--range", "0..40", "--handler", "record", "--id", "r", "--home", home, "--concurrency", "4"];
        await using (var process = _home.Start(command, TimeSpan.FromMilliseconds(200)))
        {
            await _home.Log.UntilAsync(deeds => deeds.Count >= 8);
            await process.KillAsync();
        }

        if (disk.TrySetReadOnly(true))
        {
            var refused = (await _home.RunAsync(command)).AssertCode(3);
            Assert.Contains($"{home}/fanout.db: it cannot be written. Make the file and its directory writable, or choose another home.", refused.Error, StringComparison.Ordinal);
            Assert.True(disk.TrySetReadOnly(false));
        }

        (await _home.RunAsync(command)).AssertCode(0);
        Assert.Equal(Enumerable.Range(0, 40), _home.Log.Read().Where(deed => deed.Ended).Select(deed => deed.Index).Distinct().Order());
    }

    [Theory]
    [InlineData("/proc/fanout")]
    [InlineData("/sys/fanout")]
    public async Task HomeWhereNothingCanBeCreated_IsSaid(string home)
    {
        var refused = await RunAsync(home);
        Assert.Contains($"fanout: {home}: the home cannot be created", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HomeThatIsAFile_IsSaid()
    {
        await File.WriteAllTextAsync(_home.Path, "not a directory");
        var refused = await RunAsync(_home.Path);
        Assert.Contains($"fanout: {_home.Path}: this is a file, and a home is a directory.", refused.Error, StringComparison.Ordinal);
        Assert.Equal("not a directory", await File.ReadAllTextAsync(_home.Path));
    }

    [Fact]
    public async Task RandomBytesForADatabase_AreNoDatabase()
    {
        Directory.CreateDirectory(_home.Path);
        var bytes = new byte[20_000];
        new Random(1).NextBytes(bytes);
        await File.WriteAllBytesAsync(Database, bytes);
        var refused = await RunAsync(_home.Path);
        Assert.Contains($"fanout: {Database}: this is not a Fanout database. Move the file away, or choose another home.", refused.Error, StringComparison.Ordinal);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(Database));
    }

    [Fact]
    public async Task DatabaseThatIsCutOff_IsDamaged()
    {
        var bytes = await MakeDatabaseAsync();
        await File.WriteAllBytesAsync(Database, bytes[..(bytes.Length / 3)]);
        var refused = await RunAsync(_home.Path);
        Assert.Contains($"fanout: {Database}: the database is damaged. Restore it from a backup, or move it away", refused.Error, StringComparison.Ordinal);
        await File.WriteAllBytesAsync(Database, bytes);
        Assert.Contains("10 succeeded", (await AppProcess.RunAsync(AppProcess.Fanout, ["status", "r", "--home", _home.Path])).AssertCode(0).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DatabaseWithPagesOverwritten_IsDamaged()
    {
        var bytes = await MakeDatabaseAsync();
        new Random(1).NextBytes(bytes.AsSpan(4_096));
        await File.WriteAllBytesAsync(Database, bytes);
        var refused = await RunAsync(_home.Path);
        Assert.Contains($"fanout: {Database}: the database is damaged.", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DatabaseOfANewerVersion_IsLeftAlone()
    {
        var bytes = await MakeDatabaseAsync();
        bytes[UserVersionOffset + 2] = 999 >> 8;
        bytes[UserVersionOffset + 3] = 999 & 0xff;
        await File.WriteAllBytesAsync(Database, bytes);
        var refused = await RunAsync(_home.Path);
        Assert.Contains("it was written by a newer version of Fanout (schema 999;", refused.Error, StringComparison.Ordinal);
        Assert.Contains("Update Fanout, or choose another home.", refused.Error, StringComparison.Ordinal);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(Database));
    }

    private static async Task<AppExit> RunAsync(string home)
    {
        var refused = (await AppProcess.RunAsync(AppProcess.Fanout, ["run", "--range", "0..10", "--handler", "noop", "--id", "new", "--home", home])).AssertCode(3);
        Assert.Equal(("", 1), (refused.Output, refused.Error.Split('\n').Length));
        return refused;
    }

    // The last process to close it leaves all of it in the one file.
    private async Task<byte[]> MakeDatabaseAsync()
    {
        (await AppProcess.RunAsync(AppProcess.Fanout, ["run", "--range", "0..10", "--handler", "noop", "--id", "r", "--home", _home.Path])).AssertCode(0);
        var bytes = await File.ReadAllBytesAsync(Database);
        Assert.StartsWith("SQLite format 3", Encoding.ASCII.GetString(bytes.AsSpan(0, 16)), StringComparison.Ordinal);
        return bytes;
    }
}
