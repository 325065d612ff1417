namespace Fanout.Benchmarks.Harness;

/// <summary>A directory for one measure, gone afterwards. On a real disk: set TMPDIR if /tmp is held in memory.</summary>
internal sealed class Scratch : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("fanout-benchmark-").FullName;

    /// <summary>A fresh home.</summary>
    public string Home => Path.Combine(_path, "home");

    /// <summary>A path in it.</summary>
    public string File(string name) => Path.Combine(_path, name);

    public void Dispose() => Directory.Delete(_path, recursive: true);
}
