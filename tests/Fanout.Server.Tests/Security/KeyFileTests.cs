using Fanout.Api;
using Fanout.Server.Security;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Fanout.Server.Tests.Security;

/// <summary>Keys, as they are kept.</summary>
public sealed class KeyFileTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("fanout-keys-");
    private readonly FakeTimeProvider _time = new();
    private readonly KeyFile _file;

    public KeyFileTests() => _file = new KeyFile(_directory.FullName);

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void Key_IsKeptAsAHash_InAFileOfItsOwnersOnly()
    {
        var text = _file.Add("ci", ApiRole.Operate, _time);
        Assert.StartsWith("fanout_", text, StringComparison.Ordinal);
        Assert.Equal(43, text.Length - "fanout_".Length); // 256 bits
        Assert.DoesNotContain(text[7..], File.ReadAllText(_file.Path), StringComparison.Ordinal);
        var key = Assert.Single(_file.Read());
        Assert.Equal(("ci", ApiRole.Operate), (key.Name, key.Role));
        Assert.True(key.Is(ApiKey.HashOf(text)));
        Assert.False(key.Is(ApiKey.HashOf(text + "x")));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_file.Path));
    }

    [Fact]
    public void Keys_HaveNames_AndAreRevokedByThem()
    {
        _file.Add("a", ApiRole.Read, _time);
        _file.Add("b", ApiRole.Admin, _time);
        Assert.Contains("already", Assert.Throws<ServerException>(() => _file.Add("a", ApiRole.Read, _time)).Message, StringComparison.Ordinal);
        _file.Revoke("a");
        Assert.Equal("b", Assert.Single(_file.Read()).Name);
        Assert.Throws<ServerException>(() => _file.Revoke("a"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("../a")]
    [InlineData("a\n")]
    public void Name_ThatIsNone_IsRefused(string name) => Assert.Throws<ServerException>(() => _file.Add(name, ApiRole.Read, _time));

    [Theory]
    [InlineData("{")]
    [InlineData("""{"keys":[{"name":"a","role":"Read","hash":"00","createdAt":"2026-01-01T00:00:00Z"}]}""")]
    [InlineData("""{"keys":[{"name":"a","role":"Anyone","hash":"0000000000000000000000000000000000000000000000000000000000000000","createdAt":"2026-01-01T00:00:00Z"}]}""")]
    [InlineData("""{"keys":[null]}""")]
    public void DamagedFile_IsNoEmptyOne(string text)
    {
        File.WriteAllText(_file.Path, text);
        Assert.Throws<ServerException>(() => _file.Read());
    }

    [Fact]
    public void FileThatOthersMayWrite_IsRefused()
    {
        if (OperatingSystem.IsWindows())
            return;
        _file.Add("a", ApiRole.Read, _time);
        File.SetUnixFileMode(_file.Path, File.GetUnixFileMode(_file.Path) | UnixFileMode.OtherWrite);
        Assert.Contains("chmod 600", Assert.Throws<ServerException>(() => _file.Read()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Ring_NoticesChangesWithinASecond_AndStaysShutWhenTheLastKeyIsGone()
    {
        var ring = new KeyRing(_file, isRequired: false, _time, NullLogger<KeyRing>.Instance);
        Assert.False(ring.IsRequired);
        var text = _file.Add("a", ApiRole.Read, _time);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("a", ring.Find(text)?.Name);
        Assert.True(ring.IsRequired);

        _file.Revoke("a");
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(ring.Find(text));
        Assert.True(ring.IsRequired);
    }

    [Fact]
    public void Ring_KeepsWhatItKnows_WhileTheFileIsDamaged()
    {
        var text = _file.Add("a", ApiRole.Read, _time);
        var ring = new KeyRing(_file, isRequired: false, _time, NullLogger<KeyRing>.Instance);
        File.WriteAllText(_file.Path, "{");
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.NotNull(ring.Find(text));
    }
}
