namespace Fanout.Embedded.Tests;

/// <summary>A home that is deleted with the test.</summary>
internal sealed class TempHome : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("fanout-").FullName;

    public string Database => System.IO.Path.Combine(Path, "fanout.db");

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
