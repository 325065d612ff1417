namespace Fanout.Benchmarks.Harness;

/// <summary>A scenario's directory. On a real disk: set TMPDIR if /tmp is held in memory.</summary>
internal sealed class Scratch : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("fanout-benchmark-").FullName;

    /// <summary>A path for this measure alone, where nothing is yet.</summary>
    public string Own(string name) => Path.Combine(Directory.CreateDirectory(Path.Combine(_path, "own")).FullName, name);

    /// <summary>A path whose file or directory all measures of the scenario share; made by the first that asks.</summary>
    public string Shared(string name, Action<string> create)
    {
        var path = Path.Combine(_path, name);
        if (!Path.Exists(path))
            create(path);
        return path;
    }

    /// <summary>Removes what was a measure's own.</summary>
    public void Clear() => Directory.Delete(Path.GetDirectoryName(Own("any"))!, recursive: true);

    public void Dispose() => Directory.Delete(_path, recursive: true);
}
