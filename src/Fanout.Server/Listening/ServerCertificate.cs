using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Fanout.Server.Listening;

/// <summary>The certificate that https addresses show.</summary>
/// <param name="Certificate">It, with its private key.</param>
/// <param name="Chain">Those between it and its root, which clients are sent too.</param>
public sealed record ServerCertificate(X509Certificate2 Certificate, X509Certificate2Collection Chain)
{
    /// <summary>Reads it: PEM if there is a file of its key or its own ends in .pem or .crt, else PKCS#12.</summary>
    /// <param name="file">The certificate, in PEM with those between it and its root behind it.</param>
    /// <param name="keyFile">Its private key in PEM; null: it is in the same file.</param>
    /// <param name="password">The key's password; null: it has none.</param>
    /// <exception cref="ServerException">It cannot be read, or has no private key.</exception>
    public static ServerCertificate Load(string file, string? keyFile, string? password)
    {
        ArgumentNullException.ThrowIfNull(file);
        try
        {
            var read = IsPem(file) || keyFile is not null ? LoadPem(file, keyFile, password) : LoadPkcs12(file, password);
            return read.Certificate.HasPrivateKey ? read : throw new ServerException($"The certificate {file} has no private key. Give its file with --certificate-key.");
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new ServerException($"The certificate {file} cannot be read: {unreadable.Message} Check the file, its key, and the password.", unreadable);
        }
    }

    private static bool IsPem(string file) => Path.GetExtension(file).ToLowerInvariant() is ".pem" or ".crt" or ".cer";

    private static ServerCertificate LoadPem(string file, string? keyFile, string? password)
    {
        using var pem = password is null
            ? X509Certificate2.CreateFromPemFile(file, keyFile)
            : X509Certificate2.CreateFromEncryptedPemFile(file, password, keyFile);
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(file);
        // Schannel takes keys only from a store or a file of this form.
        return new ServerCertificate(X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null), chain);
    }

    private static ServerCertificate LoadPkcs12(string file, string? password)
    {
        var all = X509CertificateLoader.LoadPkcs12CollectionFromFile(file, password);
        var own = all.FirstOrDefault(certificate => certificate.HasPrivateKey) ?? throw new ServerException($"The certificate {file} has no private key.");
        return new ServerCertificate(own, all);
    }
}
