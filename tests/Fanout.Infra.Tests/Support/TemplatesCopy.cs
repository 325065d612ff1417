namespace Fanout.Infra.Tests.Support;

/// <summary>A copy of the templates in a folder of its own: the compiler leaves what it makes beside what it reads.</summary>
internal sealed class TemplatesCopy : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fanout-infra-");

    public TemplatesCopy()
    {
        foreach (var file in Templates.Files())
        {
            Directory.CreateDirectory(Path.GetDirectoryName(PathOf(file))!);
            File.Copy(Path.Combine(Templates.Folder, file), PathOf(file));
        }
    }

    public string PathOf(string file) => Path.Combine(_folder.FullName, file);

    public string Read(string file) => File.ReadAllText(PathOf(file));

    public void Dispose() => _folder.Delete(recursive: true);
}
