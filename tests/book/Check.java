import java.io.File;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.VeraPDFFoundry;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;

/** Checks a file by the rules of PDF/UA-1; test_paper.py runs it. */
class Check {
  public static void main(String[] names) throws Exception {
    VeraGreenfieldFoundryProvider.initialise();
    VeraPDFFoundry foundry = Foundries.defaultInstance();
    PDFAFlavour rules = PDFAFlavour.PDFUA_1;
    try (PDFAParser parser = foundry.createParser(new File(names[0]), rules);
        PDFAValidator validator = foundry.createValidator(rules, false)) {
      ValidationResult result = validator.validate(parser);
      for (TestAssertion found : result.getTestAssertions()) {
        if (found.getStatus() == TestAssertion.Status.FAILED) {
          System.out.println(
              found.getRuleId().getClause() + ": " + found.getMessage()
              + ", at " + found.getLocation().getContext());
        }
      }
      System.out.println(
          names[0] + (result.isCompliant() ? " complies" : " does not comply")
          + " with PDF/UA-1; " + result.getTotalAssertions() + " checks");
      System.exit(result.isCompliant() ? 0 : 1);
    }
  }
}
